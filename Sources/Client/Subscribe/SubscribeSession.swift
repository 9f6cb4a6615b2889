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
    /// Where to get missed events; nil to leave them out.
    package var backfill: BackfillOptions?

    package init(endpoint: Endpoint) { self.endpoint = endpoint }

    var subscribedKinds: [EventKind] {
        endedStreams == nil || kinds.contains(.stream) ? kinds : kinds + [.stream]
    }

    /// Prefixes of topics. A stream's name is also the beginning of other streams' names.
    var topics: [[UInt8]] { subscribedKinds.map { $0.topicPrefix + (stream?.utf8 ?? []) } }

    func isMeant(_ topic: Topic) -> Bool { isMeant("\(topic.stream)") }

    func isMeant(_ name: String) -> Bool { stream.map { Name(name) == Name($0.text) } ?? true }

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
    private let shown: ShownEvents<Output>
    /// Nil where missed events are left out.
    private let recovery: EventRecovery<Output>?
    /// Connected again; what came by the lost connection may still be waiting.
    private var isSettling = false
    /// Events skipped since the last notice.
    private var repeatCount: UInt64 = 0

    /// How long a check is put off while events keep coming.
    private static var checkPatience: Duration { .seconds(10) }
    /// Turns of reading at the end; what is left then is asked of the daemon.
    private static var lastTurns: Int { 200 }

    private init(
        _ options: SubscriberOptions, _ shown: ShownEvents<Output>,
        _ recovery: EventRecovery<Output>?, in context: Context
    ) throws(ZeroMQError) {
        var socketOptions = SocketOptions()
        // For a while, tokens can arrive faster than a terminal shows them.
        socketOptions.receiveHighWaterMark = 100_000
        socketOptions.curve = options.curve
        socket = try MonitoredSocket(
            .sub, to: options.endpoint, in: context, socketOptions, topics: options.topics)
        self.options = options
        self.shown = shown
        self.recovery = recovery
        connection = ConnectionReport(
            options.endpoint, isEncrypted: options.curve != nil)
    }

    /// - Returns: how many events were received.
    /// - Throws: `ClientError`, `ZeroMQError`.
    package static func run(
        _ options: SubscriberOptions, output: Output, interruption: Interruption
    ) throws -> Int {
        let shown = ShownEvents(options, output)
        let recovery = try options.backfill.map { try EventRecovery($0, options, shown) }
        var session = try Self(options, shown, recovery, in: Context())
        var poller = Poller()
        let interrupted = poller.add(interruption.wake)
        poller.add(session.socket.monitor)
        poller.add(session.socket.socket)
        while !session.shown.hasEnough, !poller.isReadable(interrupted) {
            try poller.wait(timeout: session.timeout)
            try session.readMonitor()
            let isIdle = try session.readEvents()
            try session.check(isIdle: isIdle)
            try session.shown.settle()
        }
        try session.finish()
        return session.shown.receivedCount
    }

    /// Until the daemon is to be asked what was missed; nil for never.
    private var timeout: Duration? {
        guard let time = recovery?.nextCheckTime else { return nil }
        return max(.zero, ContinuousClock.now.duration(to: time))
    }

    /// What has come, and what is missing after it.
    private mutating func finish() throws {
        for _ in 0..<Self.lastTurns where !shown.hasEnough {
            if try readEvents() { break }
        }
        if !shown.hasEnough { try recovery?.check(isLast: true) }
        try tellRepeats()
        try shown.finish()
    }

    /// Events that are waiting come before the daemon is asked for them, unless they do not end.
    private mutating func check(isIdle: Bool) throws {
        guard let recovery else { return }
        let isDue = recovery.nextCheck + Self.checkPatience <= .now
        if isIdle || isDue { try recovery.check() }
    }

    /// Reads all pending events, up to a limit: the output must settle now and then. True if there
    /// are no more.
    private mutating func readEvents() throws -> Bool {
        let repeatsBefore = repeatCount
        var isIdle = false
        for _ in 0..<1000 where !shown.hasEnough {
            guard try socket.socket.receive(into: &message, wait: .never) else {
                isIdle = true
                if isSettling { tracker.noteSettled() }
                isSettling = false
                break
            }
            try handleMessage()
        }
        if repeatCount == repeatsBefore { try tellRepeats() }
        return isIdle
    }

    /// Called when no more repeats arrive.
    private mutating func tellRepeats() throws {
        guard repeatCount > 0 else { return }
        try shown.note(
            "skipped \(repeatCount) event\(repeatCount == 1 ? "" : "s") repeated under the same "
                + "number, as after a crash of the daemon")
        repeatCount = 0
    }

    private mutating func handleMessage() throws {
        guard let event = EventMessage(message) else {
            return try shown.note(
                "received a message of \(message.count) frames that is not an event")
        }
        guard options.isMeant(event.topic) else { return }
        let finding = tracker.note(event.topic, event.sequence, body: event.body)
        if try isNew(event, finding) {
            try shown.show(event)
        } else if finding == .repeated {
            try noteRepeat(event)
        }
    }

    private mutating func noteRepeat(_ event: EventMessage) throws {
        if options.showsRepeats {
            try shown.show(event)
        } else if options.wants(event.topic) {
            repeatCount += 1
        }
    }

    /// Shows or tells what is missing before an event. False if it was shown before.
    private mutating func isNew(
        _ event: EventMessage, _ finding: SequenceTracker.Finding
    ) throws -> Bool {
        if let recovery { return try recovery.prepare(for: event, finding) }
        switch finding {
        case .gap(let missing): try shown.noteMissing(missing, of: event.topic)
        case .restarted where event.sequence > 0:
            try shown.noteMissing(event.sequence, of: event.topic)
        case .repeated: return false
        default: break
        }
        return true
    }

    private mutating func readMonitor() throws {
        while let event = try socket.monitor.next() {
            if event.kind == .disconnected {
                tracker.noteDisconnection()
                isSettling = false
                recovery?.noteDisconnection()
            }
            if event.kind == .handshakeSucceeded {
                isSettling = true
                try recovery?.showHistory()
            }
            if let text = connection.note(event.kind) { try shown.note(text) }
        }
        try connection.checkAdmitted()
    }
}
