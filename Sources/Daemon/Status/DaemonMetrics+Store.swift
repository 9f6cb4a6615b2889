import Engine
import Metrics
import Storage

extension DaemonMetrics {
    /// What there is where requests are kept.
    mutating func add(_ journal: JournalService, _ engine: Engine) {
        residence = engine.statistics.residence
        self.journal = journal.thread.statistics
        journalQueue = journal.thread.queue
        recovery = RecoveryStatistics()
        store = StoreStatistics(
            journal.storage.name, checkpointAge: { engine.checkpointAge },
            problem: { journal.health.problem })
    }
}
