import Dispatch
import Engine
import Glibc
import Journal
import Logging
import Synchronization
import Threads

/// Looks at the whole store while the daemon serves, on a thread that gives way to all others.
///
/// What is damaged stops the stream that it belongs to, and no other. Damage that cannot be told
/// from the whole store's ends the daemon.
final class BackgroundCheck: Sendable {
    private let path: String
    private let logger: Logger
    private let tell: @Sendable (String) -> Void
    private let isStopped = Atomic<Bool>(false)
    private let pause = MonotonicSemaphore()
    private let thread = Mutex<WorkerThread?>(nil)

    /// What is done about damage.
    struct Listeners: Sendable {
        var damaged: @Sendable (StreamDamage) -> Void
        var failed: @Sendable (any Error) -> Void
    }

    /// Seconds between two looks at a store that cannot be read now.
    private static let retry = 5.0
    /// Seconds for which a stop waits.
    private static let stopPatience = 1.0
    /// How often its place is kept.
    private static let keepEvery = Duration.seconds(1)

    /// - Parameter tell: hears how far it is.
    init(
        _ path: String, logger: Logger, tell: @escaping @Sendable (String) -> Void,
        listeners: Listeners
    ) {
        self.path = path
        self.logger = logger
        self.tell = tell
        let thread = WorkerThread(name: "store check") { [self] in run(listeners) }
        self.thread.withLock { $0 = thread }
    }

    /// Keeps its place and ends. A long look is not waited for: its place is that before it.
    func finish(by deadline: DispatchTime) {
        isStopped.store(true, ordering: .releasing)
        pause.signal()
        thread.withLock { $0 }?.join(until: min(deadline, .now() + Self.stopPatience))
    }

    // MARK: On the thread

    private func run(_ listeners: Listeners) {
        // On Linux this is the calling thread's alone.
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
        while !isStopped.load(ordering: .acquiring) {
            do throws(JournalError) {
                return try check(listeners)
            } catch {
                guard error.mayPass else { return listeners.failed(error) }
                pause.wait(until: .now() + Self.retry)
            }
        }
    }

    private func check(_ listeners: Listeners) throws(JournalError) {
        let reader = try JournalReader(path: path)
        let store = try reader.storeNumber()
        var check = PartialCheck(reader, from: CheckPlace(storeAt: path, store: store))
        let progress = ProgressLog(logger, "checking the store", tell: tell)
        let start = ContinuousClock.now
        var kept = start
        var found = 0
        // Where damage was found first: the next start is to find it, too.
        var findings: CheckPlace?
        defer { (findings ?? check.place).keep(storeAt: path, store: store) }
        while !isStopped.load(ordering: .acquiring) {
            let place = check.place
            guard let damages = try check.next() else { break }
            if !damages.isEmpty { findings = findings ?? place }
            found += damages.count
            damages.forEach(listeners.damaged)
            guard ContinuousClock.now - kept >= Self.keepEvery else { continue }
            kept = .now
            (findings ?? check.place).keep(storeAt: path, store: store)
            progress.report(try check.progress())
        }
        guard check.place.isAtEnd else { return }
        tell("")
        let rest = found == 0 ? "the store" : "the rest of the store"
        logger.info(
            "\(rest) is as it was written",
            metadata: ["time": "\(ContinuousClock.now - start)"])
    }
}
