import Dispatch
import Engine
import Glibc
import Journal
import Logging
import Storage
import Synchronization
import Threads

/// Checks the whole store while the daemon serves, on a thread of the lowest priority.
///
/// Damage stops the stream that it belongs to, and no other. Damage that belongs to no stream in
/// particular ends the daemon.
final class BackgroundCheck: Sendable {
    private let path: String
    private let logger: Logger
    private let notify: @Sendable (String) -> Void
    private let stop: StopSignal
    private let thread = Mutex<WorkerThread?>(nil)

    /// What happens on damage.
    struct Listeners: Sendable {
        var damaged: @Sendable (StreamDamage) -> Void
        var failed: @Sendable (any Error) -> Void
    }

    /// Seconds until a store that cannot be read is tried again.
    private static let retry = 5.0
    /// Seconds for which a stop waits.
    private static let stopPatience = 1.0
    /// How often its position is saved.
    private static let keepEvery = Duration.seconds(1)

    /// - Parameter notify: receives the progress.
    init(
        _ path: String, logger: Logger, notify: @escaping @Sendable (String) -> Void,
        listeners: Listeners
    ) throws(WakeEventError) {
        stop = try StopSignal()
        self.path = path
        self.logger = logger
        self.notify = notify
        let thread = WorkerThread(name: "store check") { [self] in run(listeners) }
        self.thread.withLock { $0 = thread }
    }

    /// Saves its position and ends. A long step is not waited for: the position before it is saved.
    func finish(by deadline: DispatchTime) {
        stop.request()
        thread.withLock { $0 }?.join(until: min(deadline, .now() + Self.stopPatience))
    }

    // MARK: On the thread

    private func run(_ listeners: Listeners) {
        // On Linux this is the calling thread's alone.
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
        while !stop.isRequested {
            do throws(StorageError) {
                return try check(listeners)
            } catch {
                guard error.mayPass else { return listeners.failed(error) }
                stop.wait(seconds: Self.retry)
            }
        }
    }

    private func check(_ listeners: Listeners) throws(StorageError) {
        var check = try PartialCheck(storeAt: path)
        let progress = ProgressLog(logger, "checking the store", notify: notify)
        let start = ContinuousClock.now
        var kept = start
        var found = 0
        defer { check.keep() }
        while !stop.isRequested {
            guard let damages = try check.next() else { break }
            found += damages.count
            damages.forEach(listeners.damaged)
            guard ContinuousClock.now - kept >= Self.keepEvery else { continue }
            kept = .now
            check.keep()
            progress.report(try check.progress())
        }
        guard check.isAtEnd else { return }
        notify("")
        let rest = found == 0 ? "the store" : "the rest of the store"
        logger.event(
            .storeIntact, .info, "\(rest) is intact",
            ["time": "\(ContinuousClock.now - start)"])
    }
}
