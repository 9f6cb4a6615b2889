import Dispatch
import Synchronization

/// What other threads can see of a shard's thread: whether it advances, and its checkpoints.
final class ShardActivity: Sendable {
    /// Of the monotonic clock, when it began the step that it is in; 0 while it waits.
    private let busySince = Atomic<UInt64>(0)
    /// When the checkpoints began that were the last to cover all of its streams.
    private let checkpointed = Atomic<UInt64>(DispatchTime.now().uptimeNanoseconds)
    /// How many sweeps of checkpoints it has completed; changed by its thread alone.
    private let sweeps = Atomic<Int>(0)

    /// It accepts requests and takes a step.
    func begin(at time: DispatchTime) {
        busySince.store(time.uptimeNanoseconds, ordering: .relaxed)
    }

    /// It waits, or hands on what came of the step: for a slow reader or a slow disk it may have to
    /// wait long, and is not stuck.
    func end() { busySince.store(0, ordering: .relaxed) }

    /// - Parameters:
    ///   - completed: how many sweeps have covered everything.
    ///   - began: when the latest sweep did.
    func noteSweeps(completed: Int, began: DispatchTime) {
        guard completed != sweeps.load(ordering: .relaxed) else { return }
        sweeps.store(completed, ordering: .relaxed)
        checkpointed.store(began.uptimeNanoseconds, ordering: .relaxed)
    }

    /// Seconds that it has been in one step; 0 while it waits.
    func busyTime(at now: DispatchTime) -> Double {
        let since = busySince.load(ordering: .relaxed)
        return since == 0 ? 0 : Self.seconds(from: since, to: now)
    }

    /// Seconds since everything that it had then read was in checkpoints.
    func checkpointAge(at now: DispatchTime) -> Double {
        Self.seconds(from: checkpointed.load(ordering: .relaxed), to: now)
    }

    private static func seconds(from start: UInt64, to now: DispatchTime) -> Double {
        max(0, Double(now.uptimeNanoseconds) - Double(start)) * 1e-9
    }
}
