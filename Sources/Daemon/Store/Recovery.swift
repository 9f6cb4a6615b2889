import Dispatch
import Engine
import Logging
import Storage
import Synchronization
import Threads

/// Replays what the store has beyond its checkpoints, while the daemon serves: after a crash, all
/// since the last checkpoints. An input for a stream that is not recovered yet recovers it first.
final class Recovery: Sendable {
    private let storage: any Storage
    private let engine: Engine
    private let logger: Logger
    private let notify: @Sendable (String) -> Void
    private let stop: StopSignal
    private let statistics: RecoveryStatistics
    private let thread = Mutex<WorkerThread?>(nil)

    /// Streams that each shard recovers at a time: few, so that streams with new input are not
    /// delayed.
    private static let streamsAtOnce = 32
    /// Seconds until a store that cannot be read is tried again.
    private static let retry = 1.0

    /// - Parameter notify: receives the progress.
    init(
        _ engine: Engine, _ storage: any Storage, logger: Logger,
        statistics: RecoveryStatistics = RecoveryStatistics(),
        notify: @escaping @Sendable (String) -> Void
    ) throws(WakeEventError) {
        stop = try StopSignal()
        self.storage = storage
        self.engine = engine
        self.logger = logger
        self.notify = notify
        self.statistics = statistics
    }

    /// On a thread of its own.
    ///
    /// - Parameter failed: receives the reason if the store cannot be read.
    func start(failed: @escaping @Sendable (any Error) -> Void) {
        let thread = WorkerThread(name: "recovery") { [self] in
            while !stop.isRequested {
                do throws(StorageError) {
                    return try run()
                } catch {
                    guard error.mayPass else { return failed(error) }
                    stop.wait(seconds: Self.retry)
                }
            }
        }
        self.thread.withLock { $0 = thread }
    }

    /// Recovers no further stream; the next start recovers the rest. False if the thread has not
    /// ended by the deadline.
    func finish(by deadline: DispatchTime) -> Bool {
        stop.request()
        engine.endRecovery()
        return thread.withLock { $0 }?.join(until: deadline) ?? true
    }

    /// Returns once all streams are recovered, or the recovery was cancelled.
    func run() throws(StorageError) {
        let streams = try storage.makeReader().unfinishedStreams()
        let start = ContinuousClock.now
        if !streams.isEmpty {
            logger.event(
                .recoveryStarted, .notice, "recovering what came after the last checkpoints",
                ["streams": .stringConvertible(streams.count)])
        }
        let progress = ProgressLog(logger, "recovering", notify: notify)
        let isDone = engine.recover(
            streams, atOnce: Self.streamsAtOnce * engine.shardCount
        ) { left in
            progress.report(1 - Double(left) / Double(max(1, streams.count)))
        }
        guard isDone else { return }
        statistics.finish(streams: streams.count, time: ContinuousClock.now - start)
        notify("")
        logger.event(
            .recoveryFinished, streams.isEmpty ? .debug : .notice, "all streams are recovered",
            [
                "streams": .stringConvertible(streams.count),
                "time": "\(ContinuousClock.now - start)",
            ])
    }
}
