import Engine
import Wire
import ZeroMQ

@testable import Daemon

/// A whole input message, as a socket delivers it.
///
///     is acknowledged, "more" is the default u8 | pieces: the frames
enum InputTarget {
    static let target = FuzzTarget("input", seeds: seeds) {
        let line = try Line()
        return { try check($0, line) }
    }

    private static func check(_ bytes: [UInt8], _ line: Line) throws {
        var input = FuzzInput(bytes)
        let flags = input.byte()
        var frames: [[UInt8]] = []
        repeat { frames.append(input.piece()) } while !input.isAtEnd && frames.count < 12
        let parser = try parser(isAcknowledged: flags & 1 == 1, more: flags & 2 == 2)
        switch parser.parse(try line.carry(frames)) {
        case .request(let request):
            try require(frames.contains(request.text), "the text is one of the frames")
            try require(request.operation.isPublic, "the operation \(request.operation)")
            try require((request.replyTo != nil) == (flags & 1 == 1), "an address to answer to")
            try checkRepetition(of: request, line)
        case .refusal(let stream, let refusal, let sender):
            try require((sender != nil) == (flags & 1 == 1), "an address to answer to")
            try checkAnswer(stream, refusal, sender?.producerSequence)
            try checkEvent(stream, refusal)
        default: throw BrokenProperty(description: "neither a request nor a refusal")
        }
    }

    private static func parser(isAcknowledged: Bool, more: Bool) throws -> InputParser {
        InputParser(
            endpoint: "tcp://127.0.0.1:1", defaultStream: try StreamID("default"), more: more,
            maxTextBytes: 5000, acknowledgedInput: isAcknowledged ? 0 : nil)
    }

    /// A publisher that sends the request again with a header of its own is understood alike.
    private static func checkRepetition(of request: Request, _ line: Line) throws {
        var header = RequestHeader()
        header.operation = request.operation
        if request.operation == .text { header.more = request.more }
        header.sequence = request.producerSequence
        (header.producer, header.isLast) = (request.producer, request.isLast)
        header.time = request.time
        let frames = [request.stream.utf8, request.text, header.json]
        let parser = try parser(isAcknowledged: false, more: false)
        guard case .request(let again) = parser.parse(try line.carry(frames)) else {
            throw BrokenProperty(description: "a repetition is refused: \(request)")
        }
        try requireEqual(again.stream, request.stream, "the stream")
        try requireEqual(again.operation, request.operation, "the operation")
        try requireEqual(again.text, request.text, "the text")
        try requireEqual(again.more, request.more, "more")
        try requireEqual(again.producer, request.producer, "the producer")
        try requireEqual(again.producerSequence, request.producerSequence, "the number")
        try requireEqual(again.isLast, request.isLast, "last")
        try requireEqual(again.time, request.time, "the time")
    }

    private static func checkAnswer(
        _ stream: StreamID?, _ refusal: Refusal, _ number: UInt64?
    ) throws {
        let answer = Acknowledgement(
            replyTo: .caller, stream: stream, producerSequence: number, result: .refused(refusal))
        let received = try ReceivedAcknowledgement(frames: answer.frames)
        try requireEqual(received.stream, stream, "the answer's stream")
        try requireEqual(received.sequence, number, "the answer's number")
        try requireEqual(
            received.result, .refused(Refusal(refusal.code, refusal.message)), "the answer")
    }

    private static func checkEvent(_ stream: StreamID?, _ refusal: Refusal) throws {
        try require(refusal.message.utf8.count < 2000, "a reason of \(refusal.message.utf8.count)")
        var writer = EventWriter(model: "0123456789abcdef")
        writer.writeError(
            EventPlace(stream: stream?.utf8 ?? [], epoch: 0, token: nil, offset: 0..<0), refusal)
        let event = try Event(kind: .error, body: writer.bytes)
        try requireEqual(event.payload, .error(refusal), "the error event")
    }

    private static func seeds() -> [[UInt8]] {
        let header = piece(#"{"op":"text","seq":7,"producer":"p","time":2.5,"more":false}"#)
        let id = piece("news")
        return [
            [0] + piece("hello"), [2] + id + piece("some text"), [0] + id + piece("t") + header,
            [1] + piece([0, 1, 2, 3, 4]) + id + piece("text") + header,
            [1] + piece([0, 1]) + piece([]) + id + piece("text"),
            [1] + piece([0, 1]) + piece([9, 9, 9, 9]) + piece([]) + piece("text of a REQ"),
            [0] + id + piece([]) + piece(#"{"op":"end"}"#), [0] + id + [250, 97],
            [3] + piece([0, 5]) + id + piece([]) + piece(#"{"op":"flush","seq":3,"last":true}"#),
            [0] + id + piece("a") + header + header,
        ]
    }
}

/// Two sockets: a `Multipart` is only ever made by receiving.
private final class Line {
    private let sender: Socket
    private let receiver: Socket

    init() throws {
        let context = try Context()
        sender = try Socket(.pair, in: context)
        receiver = try Socket(.pair, in: context)
        try sender.bind(try Endpoint("inproc://fuzz"))
        try receiver.connect(try Endpoint("inproc://fuzz"))
    }

    /// The message as it is received.
    func carry(_ frames: [[UInt8]]) throws -> Multipart {
        var message = Multipart(frameLimit: InputParser.frameLimit)
        try require(try sender.send(frames) == .sent, "the message is sent")
        try require(try receiver.receive(into: &message), "the message is received")
        return message
    }
}
