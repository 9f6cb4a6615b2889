package import Dispatch
package import Engine
package import Synchronization
package import Wire
package import ZeroMQ

/// Sends one output's events, on a thread of its own, and tells the engine who listens.
///
/// Shards hand over whole batches of encoded events. When a reader is slow, the output's policy
/// decides: `block` waits for it, and the shards wait in turn; `drop` goes on without it and counts.
package final class Egress: Sendable {
    package let endpoints: [Endpoint]
    package let statistics: EgressStatistics
    private let thread: SocketThread
    private let mailbox: Mailbox<EventFrames>
    private let stop: StopSignal

    /// Bytes of events that may wait before the shards have to.
    private static let queueBytes = 16 << 20

    /// Opens the socket and begins to send.
    ///
    /// - Parameter index: which of the engine's outputs this is.
    /// - Throws: `ZeroMQError` of the first endpoint that cannot be had.
    package init(
        _ output: Configuration.Output, index: Int, demand: Demand, context: Context,
        failed: @escaping @Sendable (any Error) -> Void
    ) throws {
        let stop = try StopSignal()
        let mailbox = Mailbox<EventFrames>(limit: Self.queueBytes) { stop.wake.signal() }
        let statistics = EgressStatistics()
        let opened = Mutex<[Endpoint]>([])
        let thread = try SocketThread(
            name: "egress \(index)",
            open: {
                let socket = try OutputSocket(
                    output, index: index, demand: demand, context: context,
                    statistics: statistics)
                opened.withLock { $0 = socket.endpoints }
                return socket
            },
            run: { try Self.send(from: mailbox, by: $0, wake: stop.wake) },
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
    package func publish(_ frames: EventFrames) {
        mailbox.send([frames], weight: frames.bytes.count)
    }

    /// Sends what it has and closes the socket. False if that has not ended by the deadline.
    package func finish(by deadline: DispatchTime) -> Bool {
        mailbox.close()
        return thread.join(until: deadline)
    }

    private static func send(
        from mailbox: Mailbox<EventFrames>, by socket: OutputSocket, wake: WakeEvent
    ) throws {
        var poller = Poller()
        socket.watch(by: &poller)
        poller.add(wake)
        while true {
            try socket.takeSubscriptions()
            wake.clear()
            let batches = mailbox.takeAll()
            for frames in batches {
                try socket.send(frames)
                mailbox.release(weight: frames.bytes.count)
                try socket.takeSubscriptions()
            }
            guard batches.isEmpty else { continue }
            if mailbox.isClosed && mailbox.isEmpty { return }
            try poller.wait()
        }
    }
}

/// What became of an output's events.
package final class EgressStatistics: Sendable {
    package let sent = Atomic<Int>(0)
    /// Events that at least one reader was too slow for.
    package let dropped = Atomic<Int>(0)
}
