import Names
package import Wire
package import ZeroMQ

/// What to subscribe to, and where.
package struct SubscriberOptions: Sendable {
    package let endpoint: Endpoint
    /// Keys for endpoints of TCP that are encrypted.
    package var curve: SocketOptions.CurveClient?
    /// Nil for every stream.
    package var stream: StreamID?
    package var kinds = EventKind.allCases
    /// Stop after so many events.
    package var count: Int?
    /// Stop after so many streams have ended.
    package var endedStreams: Int?
    /// Also show events that arrive again under the same number.
    package var showsRepeats = false

    package init(endpoint: Endpoint) { self.endpoint = endpoint }

    /// Prefixes of topics. A stream's name is also the beginning of other streams' names.
    var topics: [[UInt8]] {
        let needed = endedStreams == nil || kinds.contains(.stream) ? kinds : kinds + [.stream]
        return needed.map { $0.topicPrefix + (stream?.utf8 ?? []) }
    }

    func isMeant(_ topic: Topic) -> Bool {
        stream.map { topic.stream == Name($0.text) } ?? true
    }

    func wants(_ topic: Topic) -> Bool {
        kinds.contains(topic.kind) && isMeant(topic)
    }
}

/// Receives events and passes them to an output, until there are enough or the user interrupts.
package struct SubscribeSession<Output: EventOutput>: ~Copyable {
    private let options: SubscriberOptions
    private var socket: MonitoredSocket
    private var connection: ConnectionReport
    private var tracker = SequenceTracker()
    private var message = Multipart(frameLimit: 3)
    private var output: Output
    private var receivedCount = 0
    private var endedCount = 0
    /// Events skipped since the last notice.
    private var repeatCount: UInt64 = 0

    private init(
        _ options: SubscriberOptions, _ output: Output, in context: Context
    ) throws(ZeroMQError) {
        var socketOptions = SocketOptions()
        // For a while, tokens can arrive faster than a terminal shows them.
        socketOptions.receiveHighWaterMark = 100_000
        socketOptions.curve = options.curve
        socket = try MonitoredSocket(
            .sub, to: options.endpoint, in: context, socketOptions, topics: options.topics)
        self.options = options
        self.output = output
        connection = ConnectionReport(
            options.endpoint, isEncrypted: options.curve != nil)
    }

    /// - Returns: how many events were received.
    /// - Throws: `ClientError`, `ZeroMQError`.
    package static func run(
        _ options: SubscriberOptions, output: Output, interruption: Interruption
    ) throws -> Int {
        var session = try Self(options, output, in: Context())
        var poller = Poller()
        let interrupted = poller.add(interruption.wake)
        poller.add(session.socket.monitor)
        poller.add(session.socket.socket)
        while !session.hasEnough, !poller.isReadable(interrupted) {
            try poller.wait()
            try session.readMonitor()
            try session.readEvents()
            try session.output.settle()
        }
        try session.tellRepeats()
        try session.output.finish()
        return session.receivedCount
    }

    private var hasEnough: Bool {
        (options.count.map { receivedCount >= $0 } ?? false)
            || (options.endedStreams.map { endedCount >= $0 } ?? false)
    }

    /// Reads all pending events, up to a limit: the output must settle now and then.
    private mutating func readEvents() throws {
        let repeatsBefore = repeatCount
        for _ in 0..<1000 where !hasEnough {
            guard try socket.socket.receive(into: &message, wait: .never) else { break }
            try handleMessage()
        }
        if repeatCount == repeatsBefore { try tellRepeats() }
    }

    /// Called when no more repeats arrive.
    private mutating func tellRepeats() throws {
        guard repeatCount > 0 else { return }
        try output.note(
            "skipped \(repeatCount) event\(repeatCount == 1 ? "" : "s") repeated under the same "
                + "number, as after a crash of the daemon")
        repeatCount = 0
    }

    private mutating func handleMessage() throws {
        guard let event = EventMessage(message) else {
            return try output.note(
                "received a message of \(message.count) frames that is not an event")
        }
        guard options.isMeant(event.topic) else { return }
        let finding = tracker.note(event.topic, event.sequence, body: event.body)
        if finding == .repeated, !options.showsRepeats {
            if options.wants(event.topic) { repeatCount += 1 }
            return
        }
        if event.saysThatTheStreamEnded { endedCount += 1 }
        guard options.wants(event.topic) else { return }
        if case .gap(let missing) = finding {
            let name = "\(event.topic.kind.rawValue)/\(event.topic.stream)"
            try output.note("missed \(missing) event\(missing == 1 ? "" : "s") of \(name)")
        }
        receivedCount += 1
        try output.write(event)
    }

    private mutating func readMonitor() throws {
        while let event = try socket.monitor.next() {
            if event.kind == .disconnected { tracker.noteDisconnection() }
            if let text = connection.note(event.kind) { try output.note(text) }
        }
        try connection.checkAdmitted()
    }
}

extension EventMessage {
    fileprivate var saysThatTheStreamEnded: Bool {
        guard topic.kind == .stream, let event = try? Event(kind: .stream, body: body) else {
            return false
        }
        return event.payload == .stream(.ended)
    }
}
