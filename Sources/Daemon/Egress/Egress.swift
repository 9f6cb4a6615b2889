import DequeModule
package import Dispatch
package import Engine
package import Metrics
package import Threads
package import Wire
package import ZeroMQ

/// Sends one output's events, on a thread of its own, and reports its subscriptions to the engine.
///
/// Shards hand over whole batches of encoded events. When a reader is slow, the output's policy
/// decides: `block` waits for it, and the shards wait in turn; `drop` continues without it;
/// `disconnect` continues and ends its connection.
package final class Egress: Sendable {
    package var endpoints: [Endpoint] { thread.opened }
    package let statistics: EgressStatistics
    package let pulse: Pulse
    private let thread: SocketThread<[Endpoint]>
    private let mailbox: WakingMailbox<HeldFrames>
    private let changes: Mailbox<OutputChange>
    private let stop: StopSignal
    private let index: Int
    private let opener: SocketOpener
    private let endpointFailed: @Sendable (ZeroMQError) -> Void
    private let policy: PolicySetting

    /// Bytes of events that may wait before the shards have to.
    private static let queueBytes = 16 << 20

    /// Opens the socket and begins to send.
    ///
    /// - Parameters:
    ///   - index: which of the engine's outputs this is.
    ///   - commits: what events wait for; nil if they do not wait.
    ///   - endpointFailed: receives what fails while a reload takes effect.
    /// - Throws: `ZeroMQError` of the first endpoint that cannot be bound or connected.
    package init(
        _ output: Configuration.Output, index: Int, demand: Demand, opener: SocketOpener,
        commits: CommitLine? = nil,
        endpointFailed: @escaping @Sendable (ZeroMQError) -> Void = { _ in },
        failed: @escaping @Sendable (any Error) -> Void
    ) throws {
        let mailbox = try WakingMailbox<HeldFrames>(limit: Self.queueBytes)
        let stop = StopSignal(waking: mailbox.wake)
        let changes = Mailbox<OutputChange>(limit: .max, waking: mailbox.wake)
        let statistics = EgressStatistics(output.kind)
        let pulse = Pulse("egress \(index)") { mailbox.wake.signal() }
        let policy = PolicySetting(ReaderPolicy(output, opener.limits))
        thread = try SocketThread(
            name: "egress \(index)",
            open: {
                let socket = try OutputSocket(
                    output, index: index, policy: policy, demand: demand, statistics: statistics,
                    opener: opener)
                return (socket, socket.endpoints)
            },
            run: { socket in
                var loop = SendLoop(
                    mailbox: mailbox, changes: changes, commits: commits, socket: socket,
                    stop: stop, pulse: pulse)
                try loop.run()
            },
            failed: { error in
                mailbox.close()
                failed(error)
            })
        self.stop = stop
        self.mailbox = mailbox
        self.changes = changes
        self.index = index
        self.opener = opener
        self.endpointFailed = endpointFailed
        self.statistics = statistics
        self.pulse = pulse
        self.policy = policy
    }

    /// Of the events that wait for their commit, or for a slow reader.
    package var queue: QueueStatistics {
        QueueStatistics("output", of: "events") { [mailbox] in [mailbox.load] }
    }

    /// Takes events to send, waiting while too many wait already.
    package func publish(_ frames: EventFrames, hold: EventHold? = nil) {
        mailbox.send([HeldFrames(frames: frames, hold: hold)], weight: frames.bytes.count)
    }

    /// The journal has committed: events that waited for that may go.
    package func noteCommit() { mailbox.wake.signal() }

    /// Sends the remaining events and closes the socket. False if that has not ended by the
    /// deadline; events whose requests are not on disk are then dropped.
    package func finish(by deadline: DispatchTime) -> Bool {
        mailbox.close()
        let isDone = thread.join(until: deadline)
        if !isDone { stop.request() }
        return isDone
    }
}

extension Egress: Reloadable {
    func prepare(_ change: Reload) throws(ReloadError) -> PreparedReload {
        let (old, new) = (change.old.outputs[index], change.new.outputs[index])
        guard
            old != new || change.old.limits != change.new.limits || new.serverKey != nil
        else { return .nothing }
        let socket = try opener.prepare(
            from: old.places(index), to: new.places(index), new.socket, change.new.limits,
            for: AccessPurpose(new.kind))
        return PreparedReload { [self] in
            // Also for an event that waits now.
            policy.set(ReaderPolicy(new, change.new.limits))
            changes.send(
                [OutputChange(output: new, socket: socket, failed: endpointFailed)], weight: 0)
        }
    }
}

/// New settings of an output, on the way to the thread of its socket.
struct OutputChange: Sendable {
    let output: Configuration.Output
    let socket: SocketChange
    /// Receives what fails after all.
    let failed: @Sendable (ZeroMQError) -> Void
}

extension Configuration.Output {
    fileprivate func places(_ index: Int) -> SocketPlaces {
        SocketPlaces(
            key: "output[\(index)]", bind: bind, connect: connect, serverKey: serverKey)
    }
}

/// Events, and what must be on disk before they are published.
private struct HeldFrames: Sendable {
    let frames: EventFrames
    let hold: EventHold?
}

/// Sends events in order, each batch once what it waits for is on disk.
private struct SendLoop {
    let mailbox: WakingMailbox<HeldFrames>
    /// Wakes by the event of the mailbox.
    let changes: Mailbox<OutputChange>
    let commits: CommitLine?
    let socket: OutputSocket
    let stop: StopSignal
    let pulse: Pulse
    var waiting = Deque<HeldFrames>()

    mutating func run() throws {
        var poller = Poller()
        socket.watch(by: &poller)
        poller.add(mailbox.wake)
        socket.watchConnections(by: &poller)
        while true {
            pulse.beat()
            try socket.takeSubscriptions()
            mailbox.wake.clear()
            for change in changes.takeAll() { socket.apply(change) }
            socket.takePolicy()
            waiting.append(contentsOf: mailbox.takeAll())
            guard try !sendReleased() else { continue }
            if waiting.isEmpty && mailbox.isClosed && mailbox.isEmpty { return }
            // The end of the context does not wake a poll for no event.
            if stop.isRequested { return }
            try poller.wait(timeout: socket.connectTimeout)
            try socket.proceedConnecting(poller)
        }
    }

    /// False if there was nothing to send.
    private mutating func sendReleased() throws -> Bool {
        var hasSent = false
        while let next = waiting.first, isReleased(next) {
            waiting.removeFirst()
            // It may wait for a slow reader.
            try pulse.waiting { try socket.send(next.frames) }
            mailbox.release(weight: next.frames.bytes.count)
            try socket.takeSubscriptions()
            hasSent = true
        }
        return hasSent
    }

    private func isReleased(_ held: HeldFrames) -> Bool {
        guard let hold = held.hold, let commits else { return true }
        return commits.isCommitted(hold)
    }
}

/// The counters of an output.
package final class EgressStatistics: MetricSet {
    package let events = Counter(
        "events", "Events that the socket took; whether a subscriber received one is not known")
    /// Of a PUSH: events that no puller had room for. Of an XPUB: events that subscribers have missed,
    /// one for each subscriber; of an event that finds libzmq's own queue full, fewer may be counted.
    package let lost: Counter
    package let latency = Histogram(
        "latency", "Time from the receipt of a message until the output's socket took its event",
        unit: .seconds, bounds: .times, exposedAs: "event_latency")
    package let disconnected = Counter(
        "disconnected", "Readers that were disconnected because they were too slow",
        exposedAs: "readers_disconnected")
    package let waited = Histogram(
        "wait", "How long an event waited for slow readers, where it had to", unit: .seconds,
        bounds: [0.001, 0.01, 0.1, 1, 10, 60], exposedAs: "output_wait")

    init(_ kind: Configuration.Output.Kind) {
        lost =
            switch kind {
            case .push:
                Counter(
                    "dropped", "Events that did not fit any reader's queue",
                    exposedAs: "events_dropped")
            case .xpub:
                Counter(
                    "lost_at_least",
                    "Events that readers missed because they were slow: a lower bound",
                    exposedAs: "events_lost_at_least")
            }
    }
}
