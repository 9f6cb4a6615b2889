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
    /// Nil where nothing is limited, as in a part of the daemon that is tested alone.
    private let limits: IntakeLimits?
    private var message = Multipart(frameLimit: InputParser.frameLimit)
    /// Of type SUB: beginnings of the messages to take.
    private var topics: [[UInt8]]
    /// Which of the configured inputs this is.
    let index: Int

    init(
        _ input: Configuration.Input, index: Int, opener: SocketOpener
    ) throws {
        self.index = index
        topics = input.topics
        var options = input.socket
        options.curve = try opener.curve(input.serverKey)
        socket = try opener.open(
            input.kind.socketKind, options: options, topics: topics, bind: input.bind,
            connect: input.connect, traffic: .messages, for: .publish)
        parser = InputParser(
            input, index: index, endpoint: socket.endpointText, limits: opener.limits)
        guarding = opener.access.map { PublishGuard($0) }
        self.limits = opener.intake
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
    ) throws -> (sockets: [InputSocket], opened: [[Endpoint]]) {
        var sockets: [InputSocket] = []
        for (index, input) in inputs {
            sockets.append(try InputSocket(input, index: index, opener: opener))
        }
        return (sockets, sockets.map { $0.socket.endpoints })
    }

    func watch(by poller: inout Poller) { poller.add(socket.socket) }

    /// Also watches for connections that fail; after all sockets, whose items are counted.
    func watchConnections(by poller: inout Poller) { socket.watchConnections(by: &poller) }

    var connectTimeout: Duration? { socket.connectTimeout }

    func proceedConnecting(_ poller: borrowing Poller) throws(ZeroMQError) {
        try socket.proceedConnecting(poller)
    }

    /// The messages that have arrived and are taken in, up to a number of messages or bytes, without
    /// waiting, and how many have arrived. Those that are refused are answered.
    func receive(atMost limit: Int, bytes: Int) throws -> (inputs: [EngineInput], count: Int) {
        let isLimited = limits?.applies(keysHaveLimits: guarding?.hasKeyLimits() ?? false) ?? false
        var inputs: [EngineInput] = []
        var messages: [IntakeMessage] = []
        var (left, count) = (bytes, 0)
        var isEmpty = false
        // Once for all of them: the clock is not read for each message.
        let now = DispatchTime.now()
        for _ in 0..<limit where left > 0 {
            isEmpty = try !socket.receive(into: &message)
            if isEmpty { break }
            left -= message.byteCount
            count += 1
            guard isWanted else { continue }
            let input = parser.parse(message, received: now)
            let (key, refusal) = check(input)
            if let refusal {
                try answer(input, refusal)
            } else if isLimited {
                messages.append(
                    IntakeMessage(
                        input: input, bytes: parser.ownBytes(of: message),
                        connection: socket.credit.sender(of: message), key: key, index: index))
            } else {
                inputs.append(input)
            }
        }
        message.removeAll()
        socket.credit.settle(isEmpty: isEmpty)
        if !messages.isEmpty { inputs = try withinLimits(messages, now) }
        return (inputs, count)
    }

    /// The messages of a batch that are within all limits.
    private func withinLimits(
        _ messages: [IntakeMessage], _ now: DispatchTime
    ) throws(ZeroMQError) -> [EngineInput] {
        guard let limits else { return messages.map(\.input) }
        let refusals = limits.refusals(
            of: messages, endpoint: parser.endpoint, now: Int64(clamping: now.uptimeNanoseconds))
        var inputs: [EngineInput] = []
        inputs.reserveCapacity(messages.count)
        for (message, refusal) in zip(messages, refusals) {
            guard let refusal else {
                inputs.append(message.input)
                continue
            }
            guard message.isAnswered else { continue }
            try answer(message.input, refusal.refusal(of: message, endpoint: parser.endpoint))
        }
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

    /// The key of a message's sender, and why the message is refused, if the key does not allow it.
    private func check(_ input: EngineInput) -> (key: AccessKey?, refusal: Refusal?) {
        guard guarding != nil else { return (nil, nil) }
        return guarding?.check(
            message, for: input.origin.stream, endpoint: parser.endpoint,
            peer: { socket.credit.sender(of: message)?.peer }) ?? (nil, nil)
    }

    /// Tells the sender of a refused message, where that can be.
    private func answer(_ input: EngineInput, _ refusal: Refusal) throws(ZeroMQError) {
        let origin = input.origin
        guard case .peer(let envelope, _) = origin.replyTo else { return }
        let answer = Acknowledgement(
            replyTo: .peer(envelope, input: index), stream: origin.stream,
            producerSequence: origin.producerSequence, result: .refused(refusal))
        _ = try send(answer, to: envelope)
    }

    /// Answers a peer without waiting. False if it is gone or does not read its answers.
    func send(_ acknowledgement: Acknowledgement, to envelope: Envelope) throws(ZeroMQError) -> Bool
    {
        try socket.reply(envelope.frames + acknowledgement.frames)
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
