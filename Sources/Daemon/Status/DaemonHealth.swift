import Synchronization
import Threads

/// Whether the daemon works, and whether it takes new input.
final class DaemonHealth: Sendable {
    private let journal: JournalService?
    private let recovery: RecoveryStatistics?
    private let stopping = Atomic<Bool>(false)
    private let pulses = Mutex<[Pulse]>([])
    /// Begins with the first look: before it, nobody has woken the threads.
    private let watch = Mutex<PulseWatch?>(nil)

    private let patience: Duration

    /// - Parameters:
    ///   - recovery: nil where nothing is kept.
    ///   - patience: how long a thread may take for one round. The longest takes a small part of a
    ///     second.
    init(
        _ journal: JournalService?, _ recovery: RecoveryStatistics?,
        patience: Duration = .seconds(30)
    ) {
        (self.journal, self.recovery, self.patience) = (journal, recovery, patience)
    }

    /// - Parameter pulses: of the threads that must advance.
    func begin(_ pulses: [Pulse]) { self.pulses.withLock { $0 = pulses } }

    /// New input is not wanted from here on.
    func noteStopping() { stopping.store(true, ordering: .relaxed) }

    /// Why the process should be started anew; nil while it works. It is seen by looks that follow one
    /// another: each wakes the threads, and the next one finds those that have not advanced.
    ///
    /// A store that cannot be written is no such reason: a new start would not help it.
    var failure: String? {
        // The threads end one after the other, within shutdown.timeout.
        if stopping.load(ordering: .relaxed) { return nil }
        return stalled.first.map {
            "the thread '\($0.name)' has not advanced for \(Int($0.time / .seconds(1))) s"
        }
    }

    private var stalled: [(name: String, time: Duration)] {
        watch.withLock { watch in
            let isFirst = watch == nil
            var current = watch ?? PulseWatch(pulses.withLock { $0 }, patience: patience)
            let stalled = current.stalled()
            watch = current
            return isFirst ? [] : stalled
        }
    }

    /// Why new input should go elsewhere; nil while it is welcome.
    var unreadiness: String? {
        if let failure { return failure }
        if stopping.load(ordering: .relaxed) { return "stopping" }
        if let recovery, !recovery.isDone { return "recovering" }
        return journal?.health.problem
    }
}
