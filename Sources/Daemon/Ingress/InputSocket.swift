import Engine
import Wire
import ZeroMQ

/// One input's socket, and what its messages mean. Lives on the ingress thread.
final class InputSocket {
    private let socket: Socket
    private let parser: InputParser
    private var message = Multipart(frameLimit: InputParser.frameLimit)
    let endpoints: [Endpoint]
    /// Which of the configured inputs this is.
    let index: Int

    init(
        _ input: Configuration.Input, index: Int, maxTextBytes: Int, context: Context
    ) throws {
        self.index = index
        socket = try Socket(input.kind.socketKind, in: context, options: input.socket)
        if input.kind == .sub {
            for topic in input.subscribe { try socket.subscribe(Array(topic.utf8)) }
        }
        var endpoints: [Endpoint] = []
        for endpoint in input.bind { endpoints.append(try socket.bind(endpoint)) }
        for endpoint in input.connect {
            try socket.connect(endpoint)
            endpoints.append(endpoint)
        }
        self.endpoints = endpoints
        parser = InputParser(
            endpoint: endpoints.map(\.text).joined(separator: " "), defaultStream: input.stream,
            more: input.more, maxTextBytes: maxTextBytes,
            acknowledgedInput: input.kind == .router ? index : nil)
    }

    func watch(by poller: inout Poller) { poller.add(socket) }

    /// What is there, up to a number of messages or bytes, without waiting.
    func receive(atMost limit: Int, bytes: Int) throws -> [EngineInput] {
        var inputs: [EngineInput] = []
        var left = bytes
        while inputs.count < limit, left > 0, try socket.receive(into: &message, wait: .never) {
            left -= message.byteCount
            inputs.append(parser.parse(message))
        }
        message.removeAll()
        return inputs
    }

    /// Answers a peer without waiting. False if it is gone or does not read its answers.
    func send(_ acknowledgement: Acknowledgement) throws -> Bool {
        do throws(ZeroMQError) {
            return try socket.send(acknowledgement.frames, wait: .never) == .sent
        } catch let error where error.code == .hostUnreachable {
            return false
        }
    }
}
