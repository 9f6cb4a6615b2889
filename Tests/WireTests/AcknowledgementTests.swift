import TestSupport
import Testing
import Wire

@Suite struct AcknowledgementTests {
    private func received(_ body: String, stream: String = "news") throws
        -> ReceivedAcknowledgement
    {
        try ReceivedAcknowledgement(frames: [Array(stream.utf8), Array(body.utf8)])
    }

    @Test func theFramesAreStreamAndBody() throws {
        let acknowledgement = Acknowledgement(
            replyTo: .caller, stream: try StreamID("news"), producerSequence: 17, result: .accepted)
        let text = acknowledgement.frames.map { String(decoding: $0, as: UTF8.self) }
        #expect(text == ["news", #"{"v":1,"ack":"accepted","seq":17}"#])
    }

    @Test func whatIsWrittenIsRead() throws {
        var random = SeededRandom(seed: 1)
        let texts = ["", "plain", "\"quoted\"\n\u{1}\u{7F}", "süß 👍"]
        for _ in 0..<500 {
            var refusal = Refusal(
                Refusal.Code.allCases.randomElement(using: &random)!,
                texts.randomElement(using: &random)!)
            refusal.retryAfter = [nil, 0, 250, Int(Int32.max)].randomElement(using: &random)!
            let results: [Acknowledgement.Result] = [.accepted, .duplicate, .refused(refusal)]
            let written = Acknowledgement(
                replyTo: .caller, stream: Bool.random(using: &random) ? nil : try StreamID("süß"),
                producerSequence: [nil, 0, 17, .max].randomElement(using: &random)!,
                result: results.randomElement(using: &random)!)
            let read = try ReceivedAcknowledgement(frames: written.frames)
            #expect(read.stream == written.stream)
            #expect(read.sequence == written.producerSequence)
            #expect(read.result == written.result)
        }
    }

    /// Where it came in concerns the daemon's own side.
    @Test func theEndpointIsNotTold() throws {
        let refusal = Refusal(.header, "wrong", endpoint: "tcp://127.0.0.1:1")
        let written = Acknowledgement(
            replyTo: .caller, stream: nil, producerSequence: nil, result: .refused(refusal))
        #expect(!String(decoding: written.frames[1], as: UTF8.self).contains("127.0.0.1"))
    }

    @Test(arguments: [
        ("", "not one JSON object"), ("[]", "not one JSON object"), ("{} {}", "JSON object"),
        (#"{"ack":"accepted","seq":1}"#, #""v""#), (#"{"v":2,"ack":"accepted","seq":1}"#, #""v""#),
        (#"{"v":1,"seq":1}"#, #""ack""#), (#"{"v":1,"ack":"done","seq":1}"#, #""ack""#),
        (#"{"v":1,"ack":true,"seq":1}"#, #""ack""#), (#"{"v":1,"ack":"accepted"}"#, #""seq""#),
        (#"{"v":1,"ack":"accepted","seq":-1}"#, #""seq""#),
        (#"{"v":1,"ack":"accepted","seq":1.0}"#, #""seq""#),
        (#"{"v":1,"ack":"accepted","seq":"1"}"#, #""seq""#),
        (#"{"v":1,"ack":"accepted","seq":18446744073709551616}"#, #""seq""#),
        (#"{"v":1,"ack":"accepted","seq":1,"seq":1}"#, "JSON object"),
        (#"{"v":1,"ack":"accepted","seq":1,"code":"header"}"#, #"unknown key "code""#),
        (#"{"v":1,"ack":"refused","seq":1,"reason":"x"}"#, #""code""#),
        (#"{"v":1,"ack":"refused","seq":1,"code":"odd","reason":"x"}"#, #""code""#),
        (#"{"v":1,"ack":"refused","seq":1,"code":"header"}"#, #""reason""#),
        (
            #"{"v":1,"ack":"refused","seq":1,"code":"rate_limited","reason":"x","retry_after":-1}"#,
            #""retry_after""#
        ),
        (#"{"v":1,"ack":"accepted","seq":1,"retry_after":1}"#, #"unknown key "retry_after""#),
    ])
    func otherBodiesAreRefused(_ body: String, _ found: String) throws {
        let error = try #require(throws: MalformedAcknowledgement.self) { try received(body) }
        #expect(error.found.contains(found), "\(error)")
        #expect("\(error)".contains("expected"))
    }

    @Test func otherFramesAreRefused() throws {
        let body = Array(#"{"v":1,"ack":"accepted","seq":1}"#.utf8)
        for frames in [[], [body], [[0x61], body, []], [[0x0A], body], [[0xFF], body]] {
            #expect(throws: MalformedAcknowledgement.self) {
                try ReceivedAcknowledgement(frames: frames)
            }
        }
        #expect(try ReceivedAcknowledgement(frames: [[], body]).stream == nil)
    }

    @Test func bytesAtRandomAreRefused() {
        var random = SeededRandom(seed: 7)
        for count in 0..<200 {
            #expect(throws: MalformedAcknowledgement.self) {
                try ReceivedAcknowledgement(frames: [[0x61], random.bytes(count)])
            }
        }
    }
}
