import Dispatch
import Engine
import Foundation
import Journal
import Kernels
import Logging
import Model
import Synchronization
import Wire

/// The daemon's journal, from opening the store to closing it.
struct JournalService: Sendable {
    let path: String
    let thread: JournalThread
    let health: JournalHealth
    /// Events wait until what they stem from is on disk.
    let holdsEvents: Bool

    /// Opens the store; nil where nothing is to be kept.
    ///
    /// - Parameter stalled: hears why nothing can be written, whenever that changes; nil to wait, while
    ///   another program has the store locked, until it has not.
    /// - Throws: `JournalError` if it cannot be used as it is.
    init?(
        _ configuration: Configuration, model: Model, logger: Logger,
        environment: [String: String], committed: @escaping @Sendable () -> Void,
        acknowledged: @escaping @Sendable ([Acknowledgement]) -> Void,
        stalled: (@Sendable (JournalError) -> Void)? = nil,
        failed: @escaping @Sendable (any Error) -> Void
    ) throws {
        guard let path = configuration.storePath(environment: environment) else { return nil }
        let lock = LockWait(logger, isPatient: stalled == nil)
        let writer = try Self.open(path, configuration, model, logger, lock)
        var options = JournalThread.Options()
        options.interval = configuration.journal.commitEvery
        options.queueBytes = configuration.engine.queueBytes
        var listeners = JournalThread.Listeners()
        listeners.committed = committed
        listeners.acknowledged = acknowledged
        listeners.failed = failed
        let health = JournalHealth(logger)
        listeners.stalled = { error in
            health.set(error, for: "written")
            if let error { stalled?(error) }
        }
        self.path = path
        self.health = health
        holdsEvents = configuration.journal.durability == .commit
        thread = JournalThread(
            writer, shards: configuration.engineOptions.shards, options: options,
            listeners: listeners)
    }

    var engineJournal: EngineJournal { EngineJournal(thread: thread, path: path) }

    /// What events wait for.
    var commits: CommitLine? { holdsEvents ? thread.line : nil }

    private static func open(
        _ path: String, _ configuration: Configuration, _ model: Model, _ logger: Logger,
        _ lock: LockWait
    ) throws(JournalError) -> JournalWriter {
        var options = configuration.journalOptions
        let progress = ProgressLog(logger, "checking the store")
        options.progress = { progress.report($0) }
        let writer = try lock.wait { () throws(JournalError) in
            try JournalWriter(path: path, options: options)
        }
        for exposure in writer.exposures {
            logger.warning("the store is not this user's alone: \(exposure)")
        }
        if writer.lostCommits > 0 {
            logger.warning(
                "the last commits were lost with the power, as \"relaxed\" allows",
                metadata: ["commits": "\(writer.lostCommits)"])
        }
        let fingerprint = model.fingerprint.bytes
        try lock.wait { () throws(JournalError) in
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
        try lock.wait { () throws(JournalError) in try writer.beginRun(run) }
        return writer
    }

    /// Reads again what the store has beyond its checkpoints: after a crash, all since the last ones.
    func recover(_ engine: Engine, logger: Logger) throws {
        let reader = try JournalReader(path: path)
        let streams = try reader.unfinishedStreams()
        guard !streams.isEmpty else { return }
        let start = ContinuousClock.now
        let requests = try reader.tailCount()
        logger.notice(
            "reading again what came after the last checkpoints",
            metadata: ["streams": "\(streams.count)", "requests": "\(requests)"])
        let progress = ProgressLog(logger, "reading again")
        let isDone = engine.recover(streams) { left in
            progress.report(1 - Double(left) / Double(streams.count))
        }
        guard isDone else { return }
        logger.notice(
            "all streams are where they were",
            metadata: [
                "tokens": "\(engine.statistics.tokens.load(ordering: .relaxed))",
                "time": "\(ContinuousClock.now - start)",
            ])
    }
}
