import Engine
import Synchronization

/// Whether the daemon works, and whether it takes new input.
final class DaemonHealth: Sendable {
    private let engine: Engine
    private let journal: JournalService?
    private let recovery: RecoveryStatistics?
    private let stopping = Atomic<Bool>(false)

    /// Seconds after which a step is taken to be stuck. The longest that a step takes is a small
    /// part of a second.
    private static let longestStep = 30.0

    /// - Parameter recovery: nil where nothing is kept.
    init(_ engine: Engine, _ journal: JournalService?, _ recovery: RecoveryStatistics?) {
        (self.engine, self.journal, self.recovery) = (engine, journal, recovery)
    }

    /// New input is not wanted from here on.
    func noteStopping() { stopping.store(true, ordering: .relaxed) }

    /// Why the process should be started anew; nil while it works.
    ///
    /// A store that cannot be written is no such reason: a new start would not help it.
    var failure: String? {
        let time = engine.longestStep
        return time < Self.longestStep
            ? nil : "a compute thread has been in one step for \(Int(time)) s"
    }

    /// Why new input should go elsewhere; nil while it is welcome.
    var unreadiness: String? {
        if let failure { return failure }
        if stopping.load(ordering: .relaxed) { return "stopping" }
        if let recovery, !recovery.isDone { return "recovering" }
        return journal?.health.problem
    }
}
