import Dispatch
import Engine
import Journal
import Logging
import Synchronization
import Threads

/// Reads again what the store has beyond its checkpoints, while the daemon serves: after a crash, all
/// since the last ones. An input for a stream that waits for this brings it back at once.
final class Recovery: Sendable {
    private let path: String
    private let engine: Engine
    private let logger: Logger
    private let tell: @Sendable (String) -> Void
    private let isStopped = Atomic<Bool>(false)
    private let pause = MonotonicSemaphore()
    private let thread = Mutex<WorkerThread?>(nil)

    /// Streams that are read again at once, in each shard: few, so that those that have input now are
    /// read beside them without delay.
    private static let streamsAtOnce = 32
    /// Seconds between two looks at a store that cannot be read now.
    private static let retry = 1.0

    /// - Parameter tell: hears how far it is.
    init(
        _ engine: Engine, path: String, logger: Logger, tell: @escaping @Sendable (String) -> Void
    ) {
        self.path = path
        self.engine = engine
        self.logger = logger
        self.tell = tell
    }

    /// On a thread of its own.
    ///
    /// - Parameter failed: hears why the store cannot be read.
    func start(failed: @escaping @Sendable (any Error) -> Void) {
        let thread = WorkerThread(name: "recovery") { [self] in
            while !isStopped.load(ordering: .acquiring) {
                do throws(JournalError) {
                    return try run()
                } catch {
                    guard error.mayPass else { return failed(error) }
                    pause.wait(until: .now() + Self.retry)
                }
            }
        }
        self.thread.withLock { $0 = thread }
    }

    /// Begins no further stream; what is left is for the next start. False if the thread has not ended
    /// by the deadline.
    func finish(by deadline: DispatchTime) -> Bool {
        isStopped.store(true, ordering: .releasing)
        pause.signal()
        engine.endRecovery()
        return thread.withLock { $0 }?.join(until: deadline) ?? true
    }

    /// Returns once all has been read, or it was given up.
    func run() throws(JournalError) {
        let streams = try JournalReader(path: path).unfinishedStreams()
        let start = ContinuousClock.now
        if !streams.isEmpty {
            logger.notice(
                "reading again what came after the last checkpoints",
                metadata: ["streams": "\(streams.count)"])
        }
        let progress = ProgressLog(logger, "reading again", tell: tell)
        let isDone = engine.recover(
            streams, atOnce: Self.streamsAtOnce * engine.shardCount
        ) { left in
            progress.report(1 - Double(left) / Double(max(1, streams.count)))
        }
        guard isDone else { return }
        tell("")
        logger.log(
            level: streams.isEmpty ? .debug : .notice, "all streams are where they were",
            metadata: [
                "streams": "\(streams.count)", "time": "\(ContinuousClock.now - start)",
            ])
    }
}
