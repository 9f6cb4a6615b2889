import Dispatch
import Synchronization

/// What other threads can see of a shard's checkpoints.
final class ShardActivity: Sendable {
    /// When the checkpoints began that were the last to cover all of its streams.
    private let checkpointed = Atomic<UInt64>(DispatchTime.now().uptimeNanoseconds)
    /// How many sweeps of checkpoints it has completed; changed by its thread alone.
    private let sweeps = Atomic<Int>(0)

    /// - Parameters:
    ///   - completed: how many sweeps have covered everything.
    ///   - began: when the latest sweep did.
    func noteSweeps(completed: Int, began: DispatchTime) {
        guard completed != sweeps.load(ordering: .relaxed) else { return }
        sweeps.store(completed, ordering: .relaxed)
        checkpointed.store(began.uptimeNanoseconds, ordering: .relaxed)
    }

    /// Seconds since everything that it had then read was in checkpoints.
    func checkpointAge(at now: DispatchTime) -> Double {
        Self.seconds(from: checkpointed.load(ordering: .relaxed), to: now)
    }

    private static func seconds(from start: UInt64, to now: DispatchTime) -> Double {
        max(0, Double(now.uptimeNanoseconds) - Double(start)) * 1e-9
    }
}
