package import Logging
import Synchronization
package import Threads

/// Tells systemd how the service is, from its start to its end: the figures of what it does, and with
/// `WatchdogSec=` a sign of life for as long as every thread advances or is idle.
///
/// A thread that hangs ends the signs of life after half the interval, so systemd ends the process
/// between 1 and 1.5 intervals after the thread began to hang. What only waits does not count as a
/// hang: a full disk, which the journal tries again every second; back-pressure; a slow reader.
package final class SystemdReporter: Sendable {
    private let notifier: SystemdNotifier
    private let interval: WatchdogInterval?
    /// What is done beside serving.
    private let work = Mutex("")
    private let isStopping = Atomic<Bool>(false)
    private let stop: StopSignal
    private let thread = Mutex<WorkerThread?>(nil)

    /// Between two reports of figures, in seconds.
    private static let statusEvery = Duration.seconds(5)

    /// Nil where no service manager asked for reports.
    ///
    /// - Throws: `WakeEventError`.
    package init?(environment: [String: String]) throws(WakeEventError) {
        guard let notifier = SystemdNotifier(environment: environment) else { return nil }
        self.notifier = notifier
        interval = WatchdogInterval(environment: environment)
        stop = try StopSignal()
    }

    package func starting(_ text: String) { notifier.starting(text) }

    /// - Parameter text: the work beside serving; empty for none.
    package func serving(_ text: String) {
        work.withLock { $0 = text }
        if !isStopping.load(ordering: .acquiring), !text.isEmpty {
            notifier.status("serving; \(text)")
        }
    }

    /// All endpoints are bound. From here on it reports by itself.
    ///
    /// - Parameters:
    ///   - pulses: of the threads that must advance.
    ///   - figures: called on a thread of its own.
    package func ready(
        _ pulses: [Pulse], logger: Logger, figures: @escaping @Sendable () -> ServiceFigures
    ) {
        notifier.ready()
        let thread = WorkerThread(name: "systemd") { [self] in run(pulses, logger, figures) }
        self.thread.withLock { $0 = thread }
    }

    /// The configuration is being read again, until `reloaded`.
    package func reloading() { notifier.reloading() }
    package func reloaded() { notifier.ready() }

    /// - Parameter seconds: how long the stop may take.
    package func stopping(within seconds: Double) {
        isStopping.store(true, ordering: .releasing)
        notifier.stopping(within: seconds)
    }

    /// Ends the reports.
    package func finish() {
        stop.request()
        thread.withLock { $0 }?.join()
    }

    // MARK: On the thread

    private func run(
        _ pulses: [Pulse], _ logger: Logger, _ figures: @Sendable () -> ServiceFigures
    ) {
        var watch = interval.map { PulseWatch(pulses, patience: $0.patience) }
        var hung: Set<String> = []
        var status = StatusLine()
        let period = min(interval?.period ?? Self.statusEvery, Self.statusEvery)
        while !stop.isRequested {
            let stalled = watch?.stalled() ?? []
            // The threads end during a stop, which has a limit of its own.
            if stalled.isEmpty || isStopping.load(ordering: .acquiring) {
                if interval != nil { notifier.feedWatchdog() }
                if let text = status.due(figures, work: work.withLock { $0 }) { report(text) }
            } else {
                notifier.status(Self.text(stalled))
            }
            log(stalled, before: &hung, logger)
            stop.wait(seconds: period / .seconds(1))
        }
    }

    private func report(_ text: String) {
        if !isStopping.load(ordering: .acquiring) { notifier.status(text) }
    }

    private static func text(_ stalled: [(name: String, time: Duration)]) -> String {
        let threads = stalled.map { "\($0.name) for \(Int($0.time / .seconds(1))) s" }
        return "not advancing: thread \(threads.joined(separator: ", thread "))"
    }

    /// Once for each hang of a thread.
    private func log(
        _ stalled: [(name: String, time: Duration)], before hung: inout Set<String>,
        _ logger: Logger
    ) {
        for (name, time) in stalled where !hung.contains(name) {
            logger.critical(
                "a thread does not advance; systemd is no longer told that the service is alive",
                metadata: ["thread": "\(name)", "time": "\(time)"])
        }
        for name in hung.subtracting(stalled.map(\.name)) {
            logger.notice("the thread advances again", metadata: ["thread": "\(name)"])
        }
        hung = Set(stalled.map(\.name))
    }

    /// The figures, at most as often as they are due, and only when they have changed.
    private struct StatusLine {
        private var last: (figures: ServiceFigures, time: ContinuousClock.Instant)?
        private var text = ""

        mutating func due(
            _ figures: @Sendable () -> ServiceFigures, work: String
        ) -> String? {
            let now = ContinuousClock.now
            if let last, now - last.time < SystemdReporter.statusEvery { return nil }
            let current = figures()
            let seconds = last.map { (now - $0.time) / .seconds(1) } ?? 0
            let text = current.text(since: last?.figures, seconds: seconds, work: work)
            last = (current, now)
            defer { self.text = text }
            return text == self.text ? nil : text
        }
    }
}
