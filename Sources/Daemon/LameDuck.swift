import Dispatch
import Logging
import Synchronization
import Threads
import ZeroMQ

/// The way to a stop that an operator asks for: at once, or after the connections were closed one by
/// one, so that not all clients look for another daemon at the same moment.
package final class LameDuck: Sendable {
    private enum Phase { case none, closing, draining }

    private let phase = Mutex(Phase.none)
    private let gate: Gate
    private let logger: Logger
    private let leaving: @Sendable () -> Void
    private let stop: @Sendable () -> Void
    private let interruption = MonotonicSemaphore()

    /// - Parameters:
    ///   - leaving: told that new input is not wanted any more.
    ///   - stop: begins the graceful stop of the daemon.
    init(
        _ gate: Gate, logger: Logger, leaving: @escaping @Sendable () -> Void,
        stop: @escaping @Sendable () -> Void
    ) {
        self.leaving = leaving
        self.gate = gate
        self.logger = logger
        self.stop = stop
    }

    /// Finishes what was accepted, and ends.
    func drain() {
        let old = phase.withLock { phase in
            defer { phase = .draining }
            return phase
        }
        guard old != .draining else { return }
        logger.event(.drainRequested, .notice, "an operator asked for a stop")
        leaving()
        interruption.signal()
        stop()
    }

    /// Takes no new connections, closes those that are there over this time, and then drains. The
    /// daemon serves meanwhile. False if it does so already.
    func begin(over duration: Duration) -> Bool {
        let begins = phase.withLock { phase in
            guard phase == .none else { return false }
            phase = .closing
            return true
        }
        guard begins else { return false }
        logger.event(
            .lameDuckBegun, .notice, "no new connections are taken, and those there are closed",
            ["duration": "\(duration)"])
        leaving()
        gate.closeListeners()
        _ = WorkerThread(name: "lame duck") { [self] in close(over: duration) }
        return true
    }

    /// What cannot be changed any more once a stop is on its way: new endpoints would bring new
    /// clients.
    @Sendable func problems(_ change: Reload) -> [String] {
        guard phase.withLock({ $0 != .none }) else { return [] }
        return change.newEndpoints.map {
            "\($0): the daemon is about to stop and takes no new endpoint; start it again with the "
                + "changed configuration"
        }
    }

    /// The daemon stops: nothing is left to do.
    func end() {
        phase.withLock { $0 = .draining }
        interruption.signal()
    }

    private func close(over duration: Duration) {
        let end = ContinuousClock.now + duration
        while true {
            let left = connections()
            guard let next = left.min(by: { $0.id < $1.id }) else { break }
            gate.close(
                connection: next.id,
                because: GateRefusal(.lameDuck, "the daemon is about to stop; connect to another"))
            let pause = ContinuousClock.now.duration(to: end) / .seconds(1) / Double(left.count)
            if pause > 0, interruption.wait(until: .now() + pause) { return }
        }
        drain()
    }

    private func connections() -> [GateConnectionReport] {
        let found = Gathered<GateConnectionReport>(parts: 1)
        gate.list { found.add($0) }
        return found.wait().filter { !$0.isAdministrative }
    }
}

extension Reload {
    /// The endpoints that are to be bound or connected from now on, by their keys.
    fileprivate var newEndpoints: [String] {
        func added(_ key: String, _ old: [Endpoint], _ new: [Endpoint]) -> [String] {
            new.indices.filter { !old.contains(new[$0]) }.map { "\(key)[\($0)]" }
        }
        let inputs = zip(old.inputs, new.inputs).enumerated().flatMap { index, pair in
            added("input[\(index)].bind", pair.0.bind, pair.1.bind)
                + added("input[\(index)].connect", pair.0.connect, pair.1.connect)
        }
        let outputs = zip(old.outputs, new.outputs).enumerated().flatMap { index, pair in
            added("output[\(index)].bind", pair.0.bind, pair.1.bind)
                + added("output[\(index)].connect", pair.0.connect, pair.1.connect)
        }
        return inputs + outputs
            + added("control.bind", old.control.bind ?? [], new.control.bind ?? [])
    }
}
