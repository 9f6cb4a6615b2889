import Dispatch
import Engine
import Synchronization
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
    let endpoints: [[Endpoint]]
    private let acknowledgements: AcknowledgementQueue
    private let stop: AcknowledgedLoop.Stop
    private let socketThread: SocketThread
    private let submittingThread: WorkerThread

    /// Weight of what may wait for the engine besides what it holds itself: about a burst.
    private static let inboxBytes = 64 << 10

    /// - Parameter inputs: those of type router, each with its index among all.
    /// - Throws: `ZeroMQError` of the first endpoint that cannot be had.
    init(
        _ inputs: [(offset: Int, element: Configuration.Input)], maxTextBytes: Int,
        context: Context, engine: Engine, acknowledgements: AcknowledgementQueue,
        doors: Doors, failed: @escaping @Sendable (any Error) -> Void
    ) throws {
        let inbox = Mailbox<EngineInput>(limit: Self.inboxBytes)
        let stop = AcknowledgedLoop.Stop()
        let opened = Mutex<[[Endpoint]]>([])
        socketThread = try SocketThread(
            name: "acknowledged",
            open: {
                let sockets = try inputs.map {
                    try InputSocket(
                        $0.element, index: $0.offset, maxTextBytes: maxTextBytes, context: context,
                        doors: doors)
                }
                opened.withLock { $0 = sockets.map(\.endpoints) }
                return sockets
            },
            run: { sockets in
                defer { inbox.close() }
                var loop = AcknowledgedLoop(
                    sockets, inbox: inbox, acknowledgements: acknowledgements, stop: stop)
                try loop.run()
            }, failed: failed)
        submittingThread = WorkerThread(name: "submitting") {
            Self.submit(from: inbox, to: engine, wake: acknowledgements.wake)
        }
        self.acknowledgements = acknowledgements
        self.stop = stop
        endpoints = opened.withLock { $0 }
    }

    /// Hands the engine what has arrived by now, and takes no more. False if it is still at it.
    func stopReceiving(by deadline: DispatchTime) -> Bool {
        stop.request()
        acknowledgements.wake.signal()
        return submittingThread.join(until: deadline)
    }

    /// Sends the acknowledgements that are there, and closes the sockets. False if it is still at
    /// it.
    func close(by deadline: DispatchTime) -> Bool {
        acknowledgements.close()
        return socketThread.join(until: deadline)
    }

    private static func submit(
        from inbox: Mailbox<EngineInput>, to engine: Engine, wake: WakeEvent
    ) {
        // Also when the engine takes no more: the socket thread must learn of it.
        defer {
            inbox.close()
            wake.signal()
        }
        while true {
            let inputs = inbox.takeAll()
            if inputs.isEmpty {
                if inbox.isClosed && inbox.isEmpty { return }
                inbox.waitForArrival(until: .distantFuture)
                continue
            }
            guard engine.submit(inputs) else { return }
            inbox.release(weight: inputs.reduce(0) { $0 + $1.weight })
            wake.signal()
        }
    }
}
