import Dispatch
import Engine
import Threads
import ZeroMQ

/// Receives on the ROUTER sockets and sends their acknowledgements.
///
/// Two threads, so that neither direction holds up the other:
///
///     sockets → socket thread → inbox → submitting thread → engine
///     sockets ← socket thread ← AcknowledgementQueue ← engine
///
/// The submitting thread waits while the engine is full. The socket thread waits nowhere but in its
/// poller: while the inbox has no room it takes nothing in, so that the publishers' own queues fill
/// and they wait, and acknowledgements still go out. The engine hands those over without waiting.
/// So no thread here waits for one that waits for it.
final class AcknowledgedIngress: Sendable {
    /// In the order of the inputs.
    var endpoints: [[Endpoint]] { socketThread.opened }
    let pulses: [Pulse]
    private let acknowledgements: AcknowledgementQueue
    private let changes: Mailbox<InputChange>
    private let stop: StopSignal
    private let socketThread: SocketThread<[[Endpoint]]>
    private let submittingThread: WorkerThread

    /// Weight of what may wait for the engine besides what it holds itself: about a burst.
    private static let inboxBytes = 64 << 10

    /// - Parameter inputs: those of type router, each with its index among all.
    /// - Throws: `ZeroMQError` of the first endpoint that cannot be bound or connected.
    init(
        _ inputs: [(index: Int, input: Configuration.Input)], opener: SocketOpener,
        engine: Engine, acknowledgements: AcknowledgementQueue,
        failed: @escaping @Sendable (any Error) -> Void
    ) throws {
        let inbox = Mailbox<EngineInput>(limit: Self.inboxBytes)
        let stop = StopSignal(waking: acknowledgements.wake)
        let changes = Mailbox<InputChange>(limit: .max, waking: acknowledgements.wake)
        let pulse = Pulse("acknowledged") { acknowledgements.wake.signal() }
        let submittingPulse = Pulse("submitting") { inbox.wakeIdleConsumer() }
        socketThread = try SocketThread(
            name: "acknowledged",
            open: { try InputSocket.open(inputs, opener) },
            run: { sockets in
                defer { inbox.close() }
                var loop = AcknowledgedLoop(
                    sockets, inbox: inbox, acknowledgements: acknowledgements,
                    changes: changes, stop: stop, pulse: pulse)
                try loop.run()
            }, failed: failed)
        submittingThread = WorkerThread(name: "submitting") {
            Self.submit(
                from: inbox, to: engine, wake: acknowledgements.wake, pulse: submittingPulse)
        }
        self.acknowledgements = acknowledgements
        self.changes = changes
        self.stop = stop
        pulses = [pulse, submittingPulse]
    }

    /// Gives the sockets' thread new settings of an input.
    func apply(_ change: InputChange) { changes.send([change], weight: 0) }

    /// Hands the engine what has arrived by now, and takes no more. False if that has not ended by
    /// the deadline.
    func stopReceiving(by deadline: DispatchTime) -> Bool {
        stop.request()
        return submittingThread.join(until: deadline)
    }

    /// Sends the acknowledgements that are there, and closes the sockets. False if that has not
    /// ended by the deadline.
    func close(by deadline: DispatchTime) -> Bool {
        acknowledgements.close()
        return socketThread.join(until: deadline)
    }

    private static func submit(
        from inbox: Mailbox<EngineInput>, to engine: Engine, wake: WakeEvent, pulse: Pulse
    ) {
        // Also when the engine takes no more: the socket thread must learn of it.
        defer {
            inbox.close()
            wake.signal()
        }
        while true {
            pulse.beat()
            let inputs = inbox.takeAll()
            if inputs.isEmpty {
                if inbox.isClosed && inbox.isEmpty { return }
                inbox.waitForArrival(until: .distantFuture)
                continue
            }
            guard pulse.waiting({ engine.submit(inputs) }) else { return }
            inbox.release(weight: inputs.reduce(0) { $0 + $1.weight })
            wake.signal()
        }
    }
}
