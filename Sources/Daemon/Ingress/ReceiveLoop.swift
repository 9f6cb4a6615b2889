import Engine
import Threads
import ZeroMQ

/// Receives from each socket in turn until stopped.
struct ReceiveLoop {
    let sockets: [InputSocket]
    let engine: Engine
    /// Wakes by the event of `stop`.
    let changes: Mailbox<InputChange>
    let stop: StopSignal
    let pulse: Pulse

    /// Messages and bytes taken from one socket before the next one's turn. When the engine is
    /// full, the next socket waits until this much is processed, so it is little.
    static let burst = 256
    static let burstBytes = 32 << 10
    /// How long the last sweep over the sockets may take: a publisher may continue forever.
    static let sweep = Duration.milliseconds(500)
    /// Nothing more has arrived if nothing came for this long.
    static let quiet = Duration.milliseconds(20)

    func run() throws {
        var poller = Poller()
        for socket in sockets { socket.watch(by: &poller) }
        poller.add(stop.wake)
        for socket in sockets { socket.watchConnections(by: &poller) }
        while !stop.isRequested {
            pulse.beat()
            try poller.wait(timeout: sockets.compactMap(\.connectTimeout).min())
            for socket in sockets { try socket.proceedConnecting(poller) }
            stop.wake.clear()
            for change in changes.takeAll() {
                sockets.first { $0.index == change.index }?.apply(change)
            }
            for (index, socket) in sockets.enumerated() where poller.isReadable(index) {
                guard try take(from: socket) != nil else { return }
            }
        }
        try takeTheRest(&poller)
    }

    /// Messages received; nil if the engine takes no more.
    private func take(from socket: InputSocket) throws -> Int? {
        let (inputs, count) = try socket.receive(atMost: Self.burst, bytes: Self.burstBytes)
        guard inputs.isEmpty || pulse.waiting({ engine.submit(inputs) }) else { return nil }
        return count
    }

    private func takeTheRest(_ poller: inout Poller) throws {
        let deadline = ContinuousClock.now + Self.sweep
        stop.wake.clear()
        // Messages may still be at the gate.
        while ContinuousClock.now < deadline, try poller.wait(timeout: Self.quiet) > 0 {
            for socket in sockets {
                guard try take(from: socket) != nil else { return }
            }
        }
    }
}
