import Engine
import Names
import TestSupport
import Testing
import Wire
import ZeroMQ

@testable import Daemon

/// Every kind of input message, as it came from a socket.
@Suite struct InputParserTests {
    private static let endpoint = "tcp://127.0.0.1:1"

    private func parse(
        _ frames: [[UInt8]], more: Bool = false, maxTextBytes: Int = 100
    ) throws -> EngineInput {
        let parser = InputParser(
            endpoint: Self.endpoint, defaultStream: try StreamID("default"), more: more,
            maxTextBytes: maxTextBytes)
        let line = try Line()
        return parser.parse(try line.carry(frames))
    }

    private func parse(
        _ frames: String..., more: Bool = false, maxTextBytes: Int = 100
    ) throws -> EngineInput {
        try parse(frames.map(bytes), more: more, maxTextBytes: maxTextBytes)
    }

    /// Two sockets: a `Multipart` is only ever made by receiving.
    private final class Line {
        private let sender: Socket
        private let receiver: Socket

        init() throws {
            let context = try Context()
            sender = try Socket(.pair, in: context, options: .test())
            receiver = try Socket(.pair, in: context, options: .test())
            try sender.bind(try Endpoint("inproc://parser"))
            try receiver.connect(try Endpoint("inproc://parser"))
        }

        /// The message as it is received.
        func carry(_ frames: [[UInt8]]) throws -> Multipart {
            var message = Multipart(frameLimit: InputParser.frameLimit)
            #expect(try sender.send(frames) == .sent)
            try #require(try receiver.receive(into: &message))
            return message
        }
    }

    // MARK: What is accepted

    @Test func aHeaderThatIsTooLongIsRefusedUnread() throws {
        let header = Array("{\"seq\":1\(String(repeating: " ", count: 8192))}".utf8)
        guard
            case .refusal(let stream, let refusal, _) = try parse([bytes("s"), bytes("t"), header])
        else {
            Issue.record("it was read")
            return
        }
        #expect(stream?.text == "s" && refusal.code == .header)
        #expect(refusal.message.contains("expected at most 8192"))
    }

    @Test func aSingleFrameIsTextOfTheDefaultStream() throws {
        let request = try #require(try parse("hello").request)
        #expect(request.stream.text == "default")
        #expect(request.operation == .text)
        #expect(request.text == bytes("hello"))
        #expect(!request.more)
        #expect(request.endpoint == Self.endpoint)
    }

    @Test func twoFramesAreStreamAndText() throws {
        let request = try #require(try parse("süß", "hello").request)
        #expect(request.stream.text == "süß")
        #expect(request.text == bytes("hello"))
        #expect(request.producerSequence == nil)
        #expect(request.time == nil)
    }

    @Test func theHeaderSaysMore() throws {
        let header = #"{"op":"text","more":true,"seq":18446744073709551615,"time":1.5}"#
        let request = try #require(try parse("a", "hello", header).request)
        #expect(request.more)
        #expect(request.producerSequence == .max)
        #expect(request.time == 1.5)
    }

    @Test func theHeaderCountsBeforeTheEndpoint() throws {
        #expect(try parse("a", "b", more: true).request?.more == true)
        #expect(try parse("b", more: true).request?.more == true)
        #expect(try parse("a", "b", "{}", more: true).request?.more == true)
        #expect(try parse("a", "b", #"{"more":false}"#, more: true).request?.more == false)
    }

    @Test(arguments: ["end", "reset", "flush"])
    func operationsComeWithoutText(_ name: String) throws {
        let header = #"{"op":"\#(name)","more":true}"#
        let request = try #require(try parse("a", "", header).request)
        #expect(request.operation.rawValue == name)
        #expect(!request.more)
        let refusal = try #require(try parse("a", "text", header).refusal)
        #expect(refusal.stream?.text == "a")
        #expect(refusal.reason.code == .header)
        #expect(refusal.reason.message.contains("4 bytes of text; expected an empty text frame"))
    }

    @Test func emptyTextEndsAMessageOnlyIfItSaysSo() throws {
        #expect(try parse("a", "", #"{"more":false}"#).request?.text.isEmpty == true)
        for frames in [["a", ""], [""], ["a", "", "{}"], ["a", "", #"{"more":true}"#]] {
            let refusal = try #require(try parse(frames.map(bytes)).refusal)
            #expect(refusal.reason.code == .emptyMessage)
            #expect(refusal.stream?.text == (frames.count == 1 ? "default" : "a"))
        }
    }

    @Test func textThatIsNotUTF8IsTheTokenizersConcern() throws {
        #expect(try parse([bytes("a"), [0xC3, 0x28, 0xFF]]).request?.text == [0xC3, 0x28, 0xFF])
    }

    // MARK: What is refused

    @Test(arguments: [4, 5, 100, 20_000])
    func tooManyFramesAreCounted(_ count: Int) throws {
        let refusal = try #require(
            try parse(Array(repeating: bytes("x"), count: count)).refusal)
        #expect(refusal.stream == nil)
        #expect(refusal.reason.code == .frameCount)
        #expect(refusal.reason.message.contains("\(count) frames"))
        #expect(refusal.reason.endpoint == Self.endpoint)
    }

    @Test(arguments: [
        ([], "is empty"), ([UInt8](repeating: 0x61, count: 201), "has 201 bytes"),
        ([0x61, 0x00], "control character"), ([0x0A], "control character"),
        ([0x7F], "control character"), ([0xC2, 0x85], "control character"),
        ([0xFF], "is not UTF-8"), ([0xC0, 0xAF], "is not UTF-8"),
        ([0xED, 0xA0, 0x80], "is not UTF-8"), ([0x61, 0xE2, 0x82], "is not UTF-8"),
    ])
    func badStreamIDsAreRefused(_ id: [UInt8], _ found: String) throws {
        for frames in [[id, bytes("text")], [id, bytes("text"), bytes("{}")]] {
            let refusal = try #require(try parse(frames).refusal)
            #expect(refusal.stream == nil)
            #expect(refusal.reason.code == .streamID)
            #expect(refusal.reason.message.contains(found))
            #expect(refusal.reason.message.contains("200"))
            #expect(refusal.reason.endpoint == Self.endpoint)
        }
    }

    @Test func anIDFarTooLongIsNotEvenCopied() throws {
        let refusal = try #require(
            try parse([[UInt8](repeating: 0x61, count: 5_000_000), bytes("text")]).refusal)
        #expect(refusal.reason.code == .streamID)
        #expect(refusal.reason.message.contains("has 5000000 bytes"))
    }

    @Test func theLongestStreamIDIsAccepted() throws {
        let id = [UInt8](repeating: 0x61, count: StreamID.longest)
        #expect(try parse([id, bytes("text")]).request?.stream.utf8 == id)
    }

    @Test(arguments: [
        ("", "not one JSON object"), ("nonsense", "not one JSON object"),
        ("{", "not one JSON object"), ("[]", "JSON object"), ("null", "JSON object"),
        ("3", "JSON object"), (#""text""#, "JSON object"), ("{} {}", "not one JSON object"),
        (#"{"op":"stop"}"#, #"unknown op "stop""#), (#"{"op":"END"}"#, "unknown op"),
        (#"{"op":3}"#, #"wrong type for "op""#), (#"{"op":null}"#, "expected a JSON object"),
        (#"{"more":"yes"}"#, #"wrong type for "more""#), (#"{"more":1}"#, #""more""#),
        (#"{"seq":-1}"#, #"wrong type for "seq""#), (#"{"seq":1.5}"#, #""seq""#),
        (#"{"seq":18446744073709551616}"#, #""seq""#), (#"{"seq":"1"}"#, #""seq""#),
        (#"{"time":"now"}"#, #"wrong type for "time""#), (#"{"time":[]}"#, #""time""#),
        (#"{"mroe":true}"#, #"unknown key "mroe""#), (#"{"":1}"#, "unknown key"),
    ])
    func badHeadersAreRefused(_ header: String, _ found: String) throws {
        let refusal = try #require(try parse("a", "text", header).refusal)
        #expect(refusal.stream?.text == "a")
        #expect(refusal.reason.code == .header)
        #expect(refusal.reason.message.contains(found))
        #expect(refusal.reason.message.contains("expected"))
        #expect(refusal.reason.endpoint == Self.endpoint)
    }

    @Test func textOverTheLimitIsRefused() throws {
        #expect(try parse(String(repeating: "x", count: 100)).request != nil)
        for (frames, stream) in [(["x"], "default"), (["a", "x"], "a"), (["a", "x", "{}"], "a")] {
            var frames = frames.map(bytes)
            frames[min(1, frames.count - 1)] = [UInt8](repeating: 0x78, count: 101)
            let refusal = try #require(try parse(frames).refusal)
            #expect(refusal.stream?.text == stream)
            #expect(refusal.reason.code == .textTooLarge)
            #expect(refusal.reason.message.contains("101 bytes; expected at most 100"))
        }
    }

    /// Whatever comes, the answer is a request as it was sent, or a refusal that says where.
    @Test func anyFramesAtAllAreAnswered() throws {
        var random = SeededRandom(seed: 1)
        let parser = InputParser(
            endpoint: Self.endpoint, defaultStream: try StreamID("default"), more: false,
            maxTextBytes: 40)
        let line = try Line()
        let headers = ["{}", #"{"op":"end"}"#, #"{"more":true}"#, #"{"seq":1}"#].map(bytes)
        for _ in 0..<3000 {
            var frames = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                random.bytes(Int.random(in: 0...60, using: &random))
            }
            if Bool.random(using: &random) { frames[0] = bytes("a") }
            if frames.count == 3, Bool.random(using: &random) {
                frames[2] = headers.randomElement(using: &random)!
            }
            switch parser.parse(try line.carry(frames)) {
            case .request(let request):
                #expect((1...3).contains(frames.count))
                #expect(request.text == frames[min(1, frames.count - 1)])
                #expect(request.stream.utf8 == (frames.count == 1 ? bytes("default") : frames[0]))
            case .refusal(_, let reason, _):
                #expect(reason.endpoint == Self.endpoint)
                #expect(reason.message.contains("expected"))
            default: Issue.record("no message asks for that")
            }
        }
    }
}

/// Messages behind an envelope, from peers that wait for an answer.
extension InputParserTests {
    private func answered(_ frames: [[UInt8]], _ line: Line) throws -> EngineInput {
        let parser = InputParser(
            endpoint: Self.endpoint, defaultStream: try StreamID("default"), more: false,
            maxTextBytes: 40, acknowledgedInput: 3)
        return parser.parse(try line.carry(frames))
    }

    @Test func theEnvelopeIsKeptForTheAnswer() throws {
        let line = try Line()
        for envelope in [[[0, 1, 2, 3, 4]], [bytes("me"), []]] as [[[UInt8]]] {
            for message in [["text"], ["s", "text"], ["s", "text", #"{"producer":"p","seq":7}"#]] {
                let input = try answered(envelope + message.map(bytes), line)
                let request = try #require(input.request)
                #expect(request.replyTo == .peer(Envelope(envelope), input: 3))
                #expect(request.stream.text == (message.count == 1 ? "default" : "s"))
                #expect(request.text == bytes("text"))
                #expect(request.producer == (message.count == 3 ? "p" : ""))
                #expect(request.producerSequence == (message.count == 3 ? 7 : nil))
            }
        }
    }

    /// A REQ with ZMQ_REQ_CORRELATE puts a number of any 4 bytes before the empty frame; proxies put
    /// the identities that they know their peers by.
    @Test func aLongerEnvelopeIsKeptToo() throws {
        let line = try Line()
        let hop: [UInt8] = [0, 0x6B, 0x8B, 0x45, 0x67]
        let envelopes: [[[UInt8]]] = [
            [[0, 0, 0, 1], []], [bytes("news"), []], [[0xFF, 0x0A, 0x01, 0x7B], []],
            [bytes("{\"a\""), []], [hop, []], [hop, hop, hop, []], [hop, bytes("news"), []],
        ]
        for envelope in envelopes.map({ [bytes("me")] + $0 }) {
            for message in [["text"], ["s", "text"], ["s", "", #"{"op":"end"}"#]] {
                let request = try #require(
                    try answered(envelope + message.map(bytes), line).request)
                #expect(request.replyTo == .peer(Envelope(envelope), input: 3))
                #expect(request.stream.text == (message.count == 1 ? "default" : "s"))
                #expect(request.operation == (message.count == 3 ? .end : .text))
            }
        }
    }

    /// Of an envelope that is larger than identities are, only the peer itself comes back.
    @Test func aLargeFrameIsOfNoEnvelope() throws {
        let line = try Line()
        for size in [255, 256, 10_000] {
            let hop = [0] + [UInt8](repeating: 1, count: size - 1)
            let input = try answered([bytes("me"), hop, [], bytes("s"), bytes("text")], line)
            if size == 255 {
                #expect(
                    input.request?.replyTo == .peer(Envelope([bytes("me"), hop, []]), input: 3))
            } else if case .refusal(_, _, let sender) = input {
                #expect(sender?.replyTo == .peer(Envelope([bytes("me")]), input: 3))
            } else {
                Issue.record("a refusal was expected")
            }
        }
    }

    /// Empty text belongs to the message where the frame before it is a stream id.
    @Test func anEmptyTextEndsNoEnvelope() throws {
        let line = try Line()
        for stream in ["news", "s", "a longer name"] {
            for header in [#"{"op":"end"}"#, #" {"more":false}"#] {
                let message = [stream, "", header].map(bytes)
                let request = try #require(try answered([bytes("me")] + message, line).request)
                #expect(request.stream.text == stream)
                #expect(request.replyTo == .peer(Envelope([bytes("me")]), input: 3))
            }
        }
    }

    @Test func withoutAnEnvelopeThereIsNoAnswer() throws {
        #expect(try parse("s", "text").request?.replyTo == nil)
        guard case .refusal(_, _, nil) = try parse("s", "") else {
            Issue.record("a refusal without a sender was expected")
            return
        }
    }

    /// Whatever comes, it is answered to whom it came from.
    @Test func anyFramesAtAllHaveAReplyAddress() throws {
        var random = SeededRandom(seed: 2)
        let line = try Line()
        let frames = ["", "a", "a text", #"{"seq":1}"#, #"{"seq":1,"oops":2}"#, "\u{1}"].map(bytes)
        for _ in 0..<3000 {
            let message = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                frames.randomElement(using: &random)!
            }
            let replyTo: ReplyAddress? =
                switch try answered([bytes("me")] + message, line) {
                case .request(let request): request.replyTo
                case .refusal(_, _, let sender): sender?.replyTo
                default: nil
                }
            let hasEmpty = message.count > 1 && message[0].isEmpty
            let envelope = Envelope(hasEmpty ? [bytes("me"), []] : [bytes("me")])
            #expect(replyTo == .peer(envelope, input: 3))
        }
    }
}

extension EngineInput {
    fileprivate var request: Request? {
        if case .request(let request) = self { request } else { nil }
    }

    fileprivate var refusal: (stream: StreamID?, reason: Refusal)? {
        if case .refusal(let stream, let reason, _) = self { (stream, reason) } else { nil }
    }
}
