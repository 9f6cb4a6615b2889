import Glibc
package import Logging
import Synchronization

/// Level and format of the log. They change while the daemon runs, for all loggers at once.
package final class LogSettings: Sendable {
    private struct State {
        var format: LogFormat
        var hasPriority: Bool
    }

    private let state: Mutex<State>
    /// Read for each line that is not written, so it is no part of the lock.
    private let levelIndex: Atomic<Int>
    /// Whether the journal of systemd reads the lines.
    private let isJournal: Bool

    /// - Parameter isJournal: whether the journal of systemd reads the lines.
    package init(_ log: Configuration.Log = .init(), isJournal: Bool = false) {
        self.isJournal = isJournal
        levelIndex = Atomic(Self.index(of: log.level))
        state = Mutex(
            State(
                format: log.format,
                hasPriority: log.priority.isWritten(toJournal: isJournal)))
    }

    package var level: Logger.Level {
        Logger.Level.allCases[levelIndex.load(ordering: .relaxed)]
    }

    package func apply(_ log: Configuration.Log) {
        state.withLock {
            $0.format = log.format
            $0.hasPriority = log.priority.isWritten(toJournal: isJournal)
        }
        levelIndex.store(Self.index(of: log.level), ordering: .relaxed)
    }

    /// Without a line feed.
    func line(_ record: LogRecord) -> String {
        let (format, hasPriority) = state.withLock { ($0.format, $0.hasPriority) }
        return (hasPriority ? record.level.priority : "") + record.line(format)
    }

    /// The error that ends the program. For people it is the bare text.
    func failure(_ text: String) -> String {
        let (format, hasPriority) = state.withLock { ($0.format, $0.hasPriority) }
        return text.split(separator: "\n").map { part in
            let line =
                format == .text
                ? String(part)
                : LogRecord(
                    level: .critical, label: "sluice",
                    metadata: [LogRecord.eventKey: "\(DaemonEvent.failed.rawValue)"],
                    source: "sluice", message: String(part)
                ).line(format)
            return (hasPriority ? Logger.Level.critical.priority : "") + line
        }.joined(separator: "\n")
    }

    private static func index(of level: Logger.Level) -> Int {
        Logger.Level.allCases.firstIndex(of: level) ?? 0
    }

    /// Whether standard error is the stream that systemd connected to its journal: JOURNAL_STREAM
    /// has its device and inode (systemd.exec(5)).
    package static func isJournal(
        _ environment: [String: String], descriptor: Int32 = STDERR_FILENO
    ) -> Bool {
        guard let parts = environment["JOURNAL_STREAM"]?.split(separator: ":"), parts.count == 2
        else { return false }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return false }
        return UInt64(parts[0]) == UInt64(status.st_dev)
            && UInt64(parts[1]) == UInt64(status.st_ino)
    }
}

extension Configuration.Log.Priority {
    fileprivate func isWritten(toJournal isJournal: Bool) -> Bool {
        switch self {
        case .automatic: isJournal
        case .always: true
        case .never: false
        }
    }
}

extension Logger.Level {
    /// The prefix of a line for the journal: sd-daemon(3).
    fileprivate var priority: String {
        switch self {
        case .trace, .debug: "<7>"
        case .info: "<6>"
        case .notice: "<5>"
        case .warning: "<4>"
        case .error: "<3>"
        case .critical: "<2>"
        }
    }
}
