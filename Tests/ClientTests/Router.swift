import Client
import TestSupport
import Testing
import Wire
import ZeroMQ

/// An acknowledged input that answers as a test says, on the test's own thread.
final class Router {
    struct Message {
        let identity: [UInt8]
        let stream: String
        let text: String
        let header: RequestHeader
    }

    private var context: Context
    private var socket: Socket?
    private let endpoint: Endpoint

    init(_ endpoint: Endpoint) throws {
        self.endpoint = endpoint
        context = try Context()
        try open()
    }

    private func open() throws {
        var options = SocketOptions()
        options.routerMandatory = false
        options.linger = .zero
        let socket = try Socket(.router, in: context, options: options)
        try socket.bind(endpoint)
        self.socket = consume socket
    }

    /// What waits in it is lost, as when a daemon is killed.
    func restart() throws {
        socket = nil
        // Returns when nobody listens any more.
        context.terminate()
        context = try Context()
        try open()
    }

    func receive() throws -> Message {
        try #require(try receive(within: .seconds(20)), "no message came")
    }

    func receive(within time: Duration) throws -> Message? {
        var message = Multipart(frameLimit: 4)
        try socket!.setReceiveTimeout(time)
        guard try socket!.receive(into: &message) else { return nil }
        let frames = message.copyFrames()
        try #require(frames.count == 4)
        return Message(
            identity: frames[0], stream: String(decoding: frames[1], as: UTF8.self),
            text: String(decoding: frames[2], as: UTF8.self),
            header: try RequestHeader(json: frames[3]))
    }

    func hasMessage(_ time: Duration) throws -> Bool { try receive(within: time) != nil }

    func answer(
        _ message: Message, _ result: Acknowledgement.Result, stream: String? = nil,
        number: UInt64? = nil
    ) throws {
        let answer = Acknowledgement(
            replyTo: .caller,
            stream: try StreamID(stream ?? message.stream),
            producerSequence: number ?? message.header.sequence, result: result)
        try send([message.identity] + answer.frames)
    }

    func send(_ frames: [[UInt8]]) throws { #expect(try socket!.send(frames) == .sent) }
}
