import DequeModule
package import Dispatch
import Engine
import Glibc
import Logging
package import Metrics
import Synchronization
import Threads

/// Writes lines to standard error on a thread of its own, so that no caller waits for a pipe that
/// is not read, a stopped terminal or a full disk.
///
/// Lines that find no room are dropped and counted; a line reports them once there is room again.
package final class LogSink: Sendable {
    /// A line, and how many dropped lines it reports.
    private struct Entry: Sendable {
        let bytes: [UInt8]
        var omitted = 0
    }

    private struct State {
        var entries = Deque<Entry>()
        /// Bytes of the entries, and of those that are being written.
        var byteCount = 0
        var isWriting = false
        /// The last line could not be written.
        var isFailing = false
        /// Dropped lines that are not reported yet.
        var omitted = 0
        var waiting = 0
    }

    private let descriptor: Int32
    private let limit: Int
    private let state = Mutex(State())
    private let arrival = MonotonicSemaphore()
    private let drained = MonotonicSemaphore()
    package let settings: LogSettings
    package let statistics = LogStatistics()

    /// - Parameters:
    ///   - descriptor: stays open; its flags, which others share, stay as they are.
    ///   - limit: bytes of lines that may wait.
    package init(
        descriptor: Int32 = STDERR_FILENO, limit: Int = 1 << 20,
        settings: LogSettings = LogSettings()
    ) {
        self.descriptor = descriptor
        self.limit = limit
        self.settings = settings
        _ = WorkerThread(name: "log") { [self] in run() }
    }

    /// Takes a line without its line feed.
    @Sendable package func write(_ line: String) {
        let entry = Entry(bytes: Array(line.utf8) + [UInt8(ascii: "\n")])
        let isTaken = state.withLock { state in
            guard state.byteCount + entry.bytes.count <= limit || state.byteCount == 0 else {
                state.omitted += 1
                return false
            }
            addNotice(to: &state)
            Self.add(entry, to: &state)
            return true
        }
        if isTaken { arrival.signal() } else { statistics.dropped.add() }
    }

    /// Takes the error that ends the program.
    @Sendable package func writeError(_ text: String) { write(settings.failure(text)) }

    /// Waits until all lines are written. False if they are not by the deadline.
    @discardableResult
    package func flush(until deadline: DispatchTime) -> Bool {
        let mustWait = state.withLock { state in
            guard !state.entries.isEmpty || state.isWriting else { return false }
            state.waiting += 1
            return true
        }
        return !mustWait || drained.wait(until: deadline)
    }

    private static func add(_ entry: Entry, to state: inout State) {
        state.entries.append(entry)
        state.byteCount += entry.bytes.count
    }

    private func addNotice(to state: inout State) {
        guard state.omitted > 0 else { return }
        let line = settings.line(
            LogRecord(
                level: .warning, label: "sluice",
                metadata: [
                    LogRecord.eventKey: "\(DaemonEvent.logLinesDropped.rawValue)",
                    "lines": .stringConvertible(state.omitted),
                ],
                source: "Daemon",
                message:
                    "log lines were dropped: standard error was not read, or could not be written"))
        let bytes = Array(line.utf8) + [UInt8(ascii: "\n")]
        Self.add(Entry(bytes: bytes, omitted: state.omitted), to: &state)
        state.omitted = 0
    }

    // MARK: On the thread

    private func run() {
        var output = Output(descriptor: descriptor)
        while true {
            guard let entry = next() else {
                arrival.wait()
                continue
            }
            let isWritten = output.write(entry.bytes)
            finish(entry, isWritten)
        }
    }

    private func next() -> Entry? {
        state.withLock { state in
            // No further line may come for a long time, so dropped lines are reported now.
            if state.entries.isEmpty, !state.isFailing { addNotice(to: &state) }
            let entry = state.entries.popFirst()
            state.isWriting = entry != nil
            return entry
        }
    }

    private func finish(_ entry: Entry, _ isWritten: Bool) {
        if !isWritten && entry.omitted == 0 { statistics.dropped.add() }
        let waiting = state.withLock { state in
            state.byteCount -= entry.bytes.count
            state.isWriting = false
            state.isFailing = !isWritten
            if !isWritten { state.omitted += max(1, entry.omitted) }
            guard state.entries.isEmpty else { return 0 }
            defer { state.waiting = 0 }
            return state.waiting
        }
        for _ in 0..<waiting { drained.signal() }
    }

    /// The descriptor, and the state of the last line.
    private struct Output {
        let descriptor: Int32
        /// The last line was not written completely.
        var isInLine = false

        /// False if it could not be written: no reader, or no room.
        mutating func write(_ line: [UInt8]) -> Bool {
            let bytes = isInLine ? [UInt8(ascii: "\n")] + line : line
            var start = 0
            while start < bytes.count {
                let count = unsafe bytes.withUnsafeBytes { buffer in
                    let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[start...])
                    return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                }
                guard count > 0 else {
                    if count < 0, mayGoOn() { continue }
                    return false
                }
                start += count
                isInLine = start < bytes.count
            }
            return true
        }

        /// After an interruption, and once there is room in a descriptor that another process made
        /// non-blocking.
        private func mayGoOn() -> Bool {
            if errno == EINTR { return true }
            guard errno == EAGAIN else { return false }
            var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            return unsafe Glibc.poll(&poll, 1, -1) >= 0 || errno == EINTR
        }
    }
}

/// The counters of the log.
package final class LogStatistics: MetricSet {
    package let dropped = Counter(
        "log.dropped", "Log lines that were not read or could not be written",
        isShownAtZero: false, exposedAs: "log_lines_dropped")
}
