package import Dispatch
package import Engine
import Synchronization
package import Threads
package import ZeroMQ

/// Receives on all input sockets, on threads of its own, and hands requests to the engine.
///
/// While the engine's queues are full it does not receive, so that the publishers' own queues fill
/// and, where their pattern allows it, they wait. The sockets of type router are
/// `AcknowledgedIngress`'s; those of the other types share one thread.
package final class Ingress: Sendable {
    /// Where it listens and connects, wildcards filled in.
    package let endpoints: [Endpoint]
    private let thread: SocketThread?
    private let acknowledged: AcknowledgedIngress?
    private let stop: StopSignal

    /// Opens the sockets and begins to receive.
    ///
    /// - Throws: `ZeroMQError` of the first endpoint that cannot be had.
    package init(
        _ inputs: [Configuration.Input], maxTextBytes: Int, context: Context, engine: Engine,
        acknowledgements: AcknowledgementQueue, doors: Doors = Doors(),
        failed: @escaping @Sendable (any Error) -> Void
    ) throws {
        let numbered = inputs.enumerated()
        let routers = numbered.filter { $0.element.kind == .router }
        let others = numbered.filter { $0.element.kind != .router }
        let stop = try StopSignal()
        let opened = Mutex<[[Endpoint]]>([])
        thread =
            others.isEmpty
            ? nil
            : try SocketThread(
                name: "ingress",
                open: {
                    let sockets = try others.map {
                        try InputSocket(
                            $0.element, index: $0.offset, maxTextBytes: maxTextBytes,
                            context: context, doors: doors)
                    }
                    opened.withLock { $0 = sockets.map(\.endpoints) }
                    return sockets
                },
                run: { sockets in
                    var loop = ReceiveLoop(sockets, engine: engine, stop: stop)
                    try loop.run()
                }, failed: failed)
        acknowledged =
            routers.isEmpty
            ? nil
            : try AcknowledgedIngress(
                routers, maxTextBytes: maxTextBytes, context: context, engine: engine,
                acknowledgements: acknowledgements, doors: doors, failed: failed)
        self.stop = stop
        endpoints = Self.inOrder(
            (others + routers).map(\.offset),
            opened.withLock { $0 } + (acknowledged?.endpoints ?? []))
    }

    /// In the order of the inputs, whichever thread opened them.
    private static func inOrder(_ inputs: [Int], _ endpoints: [[Endpoint]]) -> [Endpoint] {
        zip(inputs, endpoints).sorted { $0.0 < $1.0 }.flatMap(\.1)
    }

    /// Takes in what has arrived by now, and no more; closes the sockets that need not acknowledge
    /// it. False if it is still at it.
    package func stopReceiving(by deadline: DispatchTime) -> Bool {
        stop.request()
        let isSubmitted = acknowledged?.stopReceiving(by: deadline) ?? true
        return (thread?.join(until: deadline) ?? true) && isSubmitted
    }

    /// Sends the acknowledgements that are there, after the last has been handed over, and closes
    /// their sockets. False if it is still at it.
    package func close(by deadline: DispatchTime) -> Bool {
        acknowledged?.close(by: deadline) ?? true
    }
}

/// Tells a thread that waits in a poller to stop.
package final class StopSignal: Sendable {
    package let wake: WakeEvent
    private let requested = Atomic<Bool>(false)

    package init() throws { wake = try WakeEvent() }

    package var isRequested: Bool { requested.load(ordering: .acquiring) }

    package func request() {
        requested.store(true, ordering: .releasing)
        wake.signal()
    }
}

/// Receives from each socket in turn until stopped.
struct ReceiveLoop {
    private let sockets: [InputSocket]
    private let engine: Engine
    private let stop: StopSignal

    /// Messages and bytes taken from one socket before the next one's turn. When the engine is
    /// full, whoever comes next waits for this much to be read, so it is not much.
    static let burst = 256
    static let burstBytes = 32 << 10
    /// How long the last sweep over the sockets may take: a publisher may go on for ever.
    static let sweep = Duration.milliseconds(500)
    /// Nothing more has arrived if nothing came for this long.
    static let quiet = Duration.milliseconds(20)

    init(_ sockets: [InputSocket], engine: Engine, stop: StopSignal) {
        self.sockets = sockets
        self.engine = engine
        self.stop = stop
    }

    mutating func run() throws {
        var poller = Poller()
        for socket in sockets { socket.watch(by: &poller) }
        poller.add(stop.wake)
        while !stop.isRequested {
            try poller.wait()
            for (index, socket) in sockets.enumerated() where poller.isReadable(index) {
                guard try take(from: socket) != nil else { return }
            }
        }
        try takeTheRest(&poller)
    }

    /// Messages taken; nil if the engine takes no more.
    private func take(from socket: InputSocket) throws -> Int? {
        let inputs = try socket.receive(atMost: Self.burst, bytes: Self.burstBytes)
        guard inputs.isEmpty || engine.submit(inputs) else { return nil }
        return inputs.count
    }

    private func takeTheRest(_ poller: inout Poller) throws {
        let deadline = ContinuousClock.now + Self.sweep
        stop.wake.clear()
        // What has arrived may still be at the gate.
        while ContinuousClock.now < deadline, try poller.wait(timeout: Self.quiet) > 0 {
            for socket in sockets {
                guard try take(from: socket) != nil else { return }
            }
        }
    }
}
