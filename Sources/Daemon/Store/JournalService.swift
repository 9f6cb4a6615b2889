import Dispatch
import Engine
import Foundation
import Journal
import Kernels
import Logging
import Model
import Storage
import Synchronization
import Wire

/// The daemon's journal, from opening the store to closing it.
struct JournalService: Sendable {
    let storage: any Storage
    let thread: JournalThread
    let health: JournalHealth
    /// Events wait until their requests are on disk.
    let holdsEvents: Bool
    /// The store must be checked while it is in use.
    private let isToBeChecked: Bool
    /// Streams that had not ended when it was opened.
    private let openStreams: Int

    /// Opens the store; nil where nothing is to be kept.
    ///
    /// - Parameters:
    ///   - notify: receives the progress of opening.
    ///   - stalled: receives the reason when writing begins to fail; nil to wait while another
    ///     program has the store locked.
    /// - Throws: `StorageError` if it cannot be used.
    init?(
        _ configuration: Configuration, model: Model, logger: Logger,
        environment: [String: String], notify: @escaping @Sendable (String) -> Void = { _ in },
        committed: @escaping @Sendable () -> Void,
        acknowledged: @escaping @Sendable ([Acknowledgement]) -> Void,
        stalled: (@Sendable (StorageError) -> Void)? = nil,
        failed: @escaping @Sendable (any Error) -> Void
    ) throws {
        guard let path = configuration.storePath(environment: environment) else { return nil }
        let lock = LockWait(logger: logger, isPatient: stalled == nil, notify: notify)
        let (writer, fence) = try Self.open(path, configuration, model, logger, lock, notify)
        (isToBeChecked, openStreams) = (writer.isToBeChecked, writer.openStreams)
        var options = JournalThread.Options()
        options.interval = configuration.journal.commitEvery
        options.queueBytes = configuration.engine.queueBytes
        var listeners = JournalThread.Listeners()
        listeners.committed = committed
        listeners.acknowledged = acknowledged
        listeners.failed = failed
        let health = JournalHealth(logger)
        listeners.retentionEnded = { health.noteDamage($0, "retention is off") }
        listeners.stalled = { error in
            health.set(error, for: "written")
            if let error { stalled?(error) }
        }
        storage = JournalStorage(path: path)
        self.health = health
        holdsEvents = configuration.journal.durability == .commit
        thread = try JournalThread(
            writer, fence: fence, shards: configuration.engineOptions.shards, options: options,
            listeners: listeners)
    }

    var engineJournal: EngineJournal {
        EngineJournal(
            thread: thread, storage: storage, awaitsRecovery: true, openStreams: openStreams)
    }

    /// The commits that events wait for.
    var commits: CommitLine? { holdsEvents ? thread.line : nil }

    private static func open(
        _ path: String, _ configuration: Configuration, _ model: Model, _ logger: Logger,
        _ lock: LockWait, _ notify: @escaping @Sendable (String) -> Void
    ) throws(StorageError) -> (JournalWriter, FenceToken) {
        var options = configuration.journalOptions
        let progress = ProgressLog(logger, "checking the store", notify: notify)
        options.progress = { progress.report($0) }
        let writer = try lock.wait { () throws(StorageError) in
            try JournalWriter(path: path, options: options)
        }
        for exposure in writer.exposures {
            logger.event(.storeExposed, .warning, "the store is not private: \(exposure)")
        }
        if writer.lostCommits > 0 {
            logger.event(
                .commitsLost, .warning,
                "the last commits were lost in a power failure, as durability \"relaxed\" allows",
                ["commits": "\(writer.lostCommits)"])
        }
        let fingerprint = model.fingerprint.bytes
        try lock.wait { () throws(StorageError) in
            try writer.write([
                .model(
                    ModelRecord(
                        fingerprint: fingerprint,
                        folder: model.folder.path(percentEncoded: false)))
            ])
        }
        let run = RunRecord(
            started: Date().timeIntervalSince1970, version: sluiceVersion, model: fingerprint,
            kernelTier: configuration.engineOptions.kernelTier.rawValue,
            threads: configuration.engineOptions.shards)
        let fence = try lock.wait { () throws(StorageError) in try writer.acquire(run) }
        return (writer, fence)
    }

    /// Starts the work beside serving, once the engine runs.
    func startWork(
        _ engine: Engine, logger: Logger, statistics: RecoveryStatistics,
        notify: @escaping @Sendable (String) -> Void,
        failed: @escaping @Sendable (any Error) -> Void
    ) throws -> StoreWork {
        let recovery = try Recovery(
            engine, storage, logger: logger, statistics: statistics, notify: notify)
        recovery.start(failed: failed)
        let health = health
        let listeners = BackgroundCheck.Listeners(
            damaged: { damage in
                health.noteDamage(
                    damage.error, damage.stream.map { "stream \($0)" } ?? "no stream is stopped")
                if let stream = damage.stream, !damage.isOver {
                    health.noteDamage(damage.error, ofStream: stream)
                    engine.stop(stream, because: "\(damage.error)")
                }
            }, failed: failed)
        let check =
            isToBeChecked
            ? try BackgroundCheck(
                storage.name, logger: logger, notify: notify, listeners: listeners) : nil
        return StoreWork(recovery: recovery, check: check)
    }
}
