import DequeModule
package import Dispatch
package import Engine
package import Synchronization
import Threads
package import Wire
package import ZeroMQ

/// Sends one output's events, on a thread of its own, and tells the engine who listens.
///
/// Shards hand over whole batches of encoded events. When a reader is slow, the output's policy
/// decides: `block` waits for it, and the shards wait in turn; `drop` goes on without it.
package final class Egress: Sendable {
    package let endpoints: [Endpoint]
    package let statistics: EgressStatistics
    private let thread: SocketThread
    private let mailbox: Mailbox<HeldFrames>
    private let stop: StopSignal

    /// Bytes of events that may wait before the shards have to.
    private static let queueBytes = 16 << 20

    /// Opens the socket and begins to send.
    ///
    /// - Parameters:
    ///   - index: which of the engine's outputs this is.
    ///   - commits: what events wait for; nil if they do not wait.
    /// - Throws: `ZeroMQError` of the first endpoint that cannot be had.
    package init(
        _ output: Configuration.Output, index: Int, demand: Demand, context: Context,
        commits: CommitLine? = nil, doors: Doors = Doors(),
        failed: @escaping @Sendable (any Error) -> Void
    ) throws {
        let stop = try StopSignal()
        let mailbox = Mailbox<HeldFrames>(limit: Self.queueBytes) { stop.wake.signal() }
        let statistics = EgressStatistics()
        let opened = Mutex<[Endpoint]>([])
        let thread = try SocketThread(
            name: "egress \(index)",
            open: {
                let socket = try OutputSocket(
                    output, index: index, demand: demand, context: context,
                    statistics: statistics, doors: doors)
                opened.withLock { $0 = socket.endpoints }
                return socket
            },
            run: { socket in
                var loop = SendLoop(mailbox, commits, socket, stop)
                try loop.run()
            },
            failed: { error in
                mailbox.close()
                failed(error)
            })
        self.stop = stop
        self.mailbox = mailbox
        self.statistics = statistics
        self.thread = thread
        endpoints = opened.withLock { $0 }
    }

    /// Takes events to send, waiting while too many wait already.
    package func publish(_ frames: EventFrames, hold: EventHold? = nil) {
        mailbox.send([HeldFrames(frames: frames, hold: hold)], weight: frames.bytes.count)
    }

    /// The journal has committed: events that waited for that may go.
    package func noteCommit() { stop.wake.signal() }

    /// Sends what it has and closes the socket. False if that has not ended by the deadline; events
    /// whose requests are not on disk are then given up.
    package func finish(by deadline: DispatchTime) -> Bool {
        mailbox.close()
        let isDone = thread.join(until: deadline)
        if !isDone { stop.request() }
        return isDone
    }
}

/// Events, and what must be on disk before anyone hears them.
private struct HeldFrames: Sendable {
    let frames: EventFrames
    let hold: EventHold?
}

/// Sends events in the order in which they came, each once what it waits for is on disk.
private struct SendLoop {
    private let mailbox: Mailbox<HeldFrames>
    private let commits: CommitLine?
    private let socket: OutputSocket
    private let stop: StopSignal
    private var waiting = Deque<HeldFrames>()

    init(
        _ mailbox: Mailbox<HeldFrames>, _ commits: CommitLine?, _ socket: OutputSocket,
        _ stop: StopSignal
    ) {
        self.mailbox = mailbox
        self.commits = commits
        self.socket = socket
        self.stop = stop
    }

    mutating func run() throws {
        var poller = Poller()
        socket.watch(by: &poller)
        poller.add(stop.wake)
        while true {
            try socket.takeSubscriptions()
            stop.wake.clear()
            waiting.append(contentsOf: mailbox.takeAll())
            guard try !sendReleased() else { continue }
            if waiting.isEmpty && mailbox.isClosed && mailbox.isEmpty { return }
            // The end of the context does not wake a poll for no event.
            if stop.isRequested { return }
            try poller.wait()
        }
    }

    /// False if there was nothing to send.
    private mutating func sendReleased() throws -> Bool {
        var hasSent = false
        while let next = waiting.first, isReleased(next) {
            waiting.removeFirst()
            try socket.send(next.frames)
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

/// What became of an output's events.
package final class EgressStatistics: Sendable {
    /// Events that the socket took; whether a subscriber got one is not known.
    package let sent = Atomic<Int>(0)
    /// Events that no puller had room for: nobody gets them.
    package let dropped = Atomic<Int>(0)
    /// How often a subscriber's queue was found full. It misses at least that event; libzmq does not
    /// tell what else it misses until it has read half its queue, so this is less than was lost.
    package let stalls = Atomic<Int>(0)
}
