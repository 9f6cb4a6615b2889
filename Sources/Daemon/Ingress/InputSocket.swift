import Engine
import Wire
import ZeroMQ

/// One input's socket, and what its messages mean. Lives on the ingress thread.
final class InputSocket {
    private let socket: Socket
    private let parser: InputParser
    private var message = Multipart(frameLimit: InputParser.frameLimit)
    private let tap: GateTap
    /// Of type SUB: beginnings of the messages to take.
    private let topics: [[UInt8]]
    private let isRouter: Bool
    private var answers: ReaderQueue
    let endpoints: [Endpoint]
    /// Which of the configured inputs this is.
    let index: Int

    init(
        _ input: Configuration.Input, index: Int, maxTextBytes: Int, context: Context,
        doors: Doors
    ) throws {
        self.index = index
        socket = try Socket(input.kind.socketKind, in: context, options: input.socket)
        topics = input.kind == .sub ? input.subscribe.map { Array($0.utf8) } : []
        for topic in topics { try socket.subscribe(topic) }
        isRouter = input.kind == .router
        answers = ReaderQueue(
            bytes: doors.limits.readerBytes, highWaterMark: input.socket.sendHighWaterMark)
        tap = doors.makeTap()
        endpoints = try doors.attach(
            socket, bind: input.bind, connect: input.connect, options: input.socket,
            traffic: .messages, tap: tap)
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
        var isEmpty = false
        for _ in 0..<limit where left > 0 {
            isEmpty = try !socket.receive(into: &message, wait: .never)
            if isEmpty { break }
            left -= message.byteCount
            tap.took(message, added: isRouter ? 1 : 0)
            if isWanted { inputs.append(parser.parse(message)) }
        }
        message.removeAll()
        tap.settle(isEmpty: isEmpty)
        return inputs
    }

    /// A publisher sends what nobody has asked for only if it is wrong, or means ill. (Of SUB, libzmq
    /// would drop it unseen, and the gate would never hear that it is gone.)
    private var isWanted: Bool {
        topics.isEmpty
            || topics.contains { topic in
                message.withFrame(0) { frame in
                    topic.count <= frame.count
                        && topic.indices.allSatisfy { frame[$0] == topic[$0] }
                }
            }
    }

    /// Answers a peer without waiting. False if it is gone or does not read its answers.
    func send(_ acknowledgement: Acknowledgement) throws -> Bool {
        let frames = acknowledgement.frames
        try makeRoom(for: frames)
        do throws(ZeroMQError) {
            return try socket.send(frames, wait: .never) == .sent
        } catch let error where error.code == .hostUnreachable {
            return false
        }
    }

    /// Bounds what all peers together may have waiting.
    private func makeRoom(for frames: [[UInt8]]) throws(ZeroMQError) {
        answers.note(bytes: frames.reduce(0) { $0 + $1.count })
        guard let count = answers.change(readers: tap.connections.current) else { return }
        try socket.setSendHighWaterMark(count)
    }
}
