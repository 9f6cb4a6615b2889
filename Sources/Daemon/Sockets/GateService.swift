package import Dispatch
package import Logging
import Threads
package import ZeroMQ

/// The gate before the daemon's bound sockets, with its thread.
package final class GateService: Sendable {
    package let gate: Gate
    private let thread: WorkerThread

    package init(
        _ limits: Configuration.Limits, logger: Logger,
        failed: @escaping @Sendable (any Error) -> Void
    ) throws {
        let log = RefusalLog(logger: logger)
        let gate = try Gate(limits.gateTotals) { log.add($0) }
        thread = WorkerThread(name: "gate") {
            do throws(ZeroMQError) { try gate.run() } catch { failed(error) }
        }
        self.gate = gate
    }

    deinit { gate.finish(by: .now) }

    /// Delivers sent messages and closes every connection. False if that has not ended by the
    /// deadline.
    package func finish(by deadline: DispatchTime) -> Bool {
        let now = DispatchTime.now()
        let left = now < deadline ? deadline.uptimeNanoseconds - now.uptimeNanoseconds : 0
        gate.finish(by: .now + .nanoseconds(Int64(clamping: left)))
        // The gate ends at the deadline by itself.
        return thread.join(until: deadline + 1) && gate.hasDelivered
    }
}

extension GateService: Reloadable {
    func prepare(_ change: Reload) -> PreparedReload {
        PreparedReload { [gate] in gate.setTotals(change.new.limits.gateTotals) }
    }
}
