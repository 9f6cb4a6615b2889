import Dispatch
import Engine
import Wire
import ZeroMQ

/// One input's socket, with the parser of its messages. It belongs to the ingress thread.
final class InputSocket {
    private var socket: OpenSocket
    private var parser: InputParser
    /// Nil where no endpoint is encrypted.
    private var guarding: PublishGuard?
    private var message = Multipart(frameLimit: InputParser.frameLimit)
    /// Of type SUB: beginnings of the messages to take.
    private var topics: [[UInt8]]
    /// Which of the configured inputs this is.
    let index: Int

    init(
        _ input: Configuration.Input, index: Int, opener: SocketOpener
    ) throws(ZeroMQError) {
        self.index = index
        topics = input.topics
        socket = try opener.open(
            input.kind.socketKind, options: input.socket, topics: topics, bind: input.bind,
            connect: input.connect, traffic: .messages, for: .publish)
        parser = InputParser(
            input, index: index, endpoint: socket.endpointText, limits: opener.limits)
        guarding = opener.access.map { PublishGuard($0) }
    }

    /// Takes other settings between two messages.
    func apply(_ change: InputChange) {
        let wanted = change.input.topics
        change.attempt { () throws(ZeroMQError) in
            for topic in wanted where !topics.contains(topic) { try socket.socket.subscribe(topic) }
            for topic in topics where !wanted.contains(topic) {
                try socket.socket.unsubscribe(topic)
            }
        }
        topics = wanted
        change.attempt { () throws(ZeroMQError) in try socket.apply(change.socket) }
        parser = InputParser(
            change.input, index: index, endpoint: socket.endpointText, limits: change.socket.limits)
    }

    /// Opens the sockets of several inputs, and returns the endpoints of each.
    static func open(
        _ inputs: [(index: Int, input: Configuration.Input)], _ opener: SocketOpener
    ) throws(ZeroMQError) -> (sockets: [InputSocket], opened: [[Endpoint]]) {
        var sockets: [InputSocket] = []
        for (index, input) in inputs {
            sockets.append(try InputSocket(input, index: index, opener: opener))
        }
        return (sockets, sockets.map { $0.socket.endpoints })
    }

    func watch(by poller: inout Poller) { poller.add(socket.socket) }

    /// The messages that have arrived, up to a number of messages or bytes, without waiting.
    func receive(atMost limit: Int, bytes: Int) throws -> [EngineInput] {
        var inputs: [EngineInput] = []
        var left = bytes
        var isEmpty = false
        // Once for all of them: the clock is not read for each message.
        let now = DispatchTime.now()
        for _ in 0..<limit where left > 0 {
            isEmpty = try !socket.receive(into: &message)
            if isEmpty { break }
            left -= message.byteCount
            guard isWanted else { continue }
            if let input = try admitted(parser.parse(message, received: now)) {
                inputs.append(input)
            }
        }
        message.removeAll()
        socket.credit.settle(isEmpty: isEmpty)
        return inputs
    }

    /// Whether a SUB has subscribed to it. Only a faulty or hostile publisher sends anything else.
    /// (libzmq would drop it silently, and the gate would count it as waiting forever.)
    private var isWanted: Bool {
        topics.isEmpty
            || topics.contains { topic in
                message.withFrame(0) { frame in
                    topic.count <= frame.count
                        && topic.indices.allSatisfy { frame[$0] == topic[$0] }
                }
            }
    }

    /// Nil for a message that its sender's key does not allow; an acknowledged one is answered.
    private func admitted(_ input: EngineInput) throws(ZeroMQError) -> EngineInput? {
        guard guarding != nil else { return input }
        let origin = input.origin
        let refusal = guarding?.refusal(
            of: origin.stream, in: message, endpoint: parser.endpoint,
            peer: { socket.credit.peer(of: message) })
        guard let refusal else { return input }
        guard case .peer(let envelope, _) = origin.replyTo else { return nil }
        let answer = Acknowledgement(
            replyTo: .peer(envelope, input: index), stream: origin.stream,
            producerSequence: origin.producerSequence, result: .refused(refusal))
        _ = try send(answer, to: envelope)
        return nil
    }

    /// Answers a peer without waiting. False if it is gone or does not read its answers.
    func send(_ acknowledgement: Acknowledgement, to envelope: Envelope) throws(ZeroMQError) -> Bool
    {
        let frames = envelope.frames + acknowledgement.frames
        // Bounds what all peers together may have waiting.
        socket.sendQueue.note(bytes: frames.reduce(0) { $0 + $1.count })
        try socket.limitSendQueue()
        return try socket.reply(frames)
    }
}

extension Configuration.Input {
    /// Beginnings of the messages to take; of type SUB only.
    fileprivate var topics: [[UInt8]] {
        kind == .sub ? subscribe.map { Array($0.utf8) } : []
    }
}

extension InputParser {
    fileprivate init(
        _ input: Configuration.Input, index: Int, endpoint: String, limits: Configuration.Limits
    ) {
        self.init(
            endpoint: endpoint, defaultStream: input.stream, more: input.more,
            maxTextBytes: limits.maxTextBytes,
            acknowledgedInput: input.kind == .router ? index : nil)
    }
}

extension EngineInput {
    /// Of a parsed message: its stream, where its answer goes, and its own number.
    fileprivate var origin: (stream: StreamID?, replyTo: ReplyAddress?, producerSequence: UInt64?) {
        switch self {
        case .request(let request): (request.stream, request.replyTo, request.producerSequence)
        case .refusal(let stream, _, let sender):
            (stream, sender?.replyTo, sender?.producerSequence)
        case .snapshot, .list, .recovery, .damage, .recovered, .eviction, .checkpoint:
            (nil, nil, nil)
        }
    }
}
