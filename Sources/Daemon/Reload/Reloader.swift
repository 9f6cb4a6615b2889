import Logging
import StrictTOML
import Synchronization
import Wire

/// Gives the parts of a running daemon a changed configuration, one change at a time: all of it is
/// checked and prepared before any of it takes effect.
package final class Reloader: Sendable {
    private let running: Mutex<Configuration>
    private let parts = Mutex<[any Reloadable]>([])
    private let refusals = Mutex<@Sendable (Reload) -> [String]>({ _ in [] })
    private let turn = Mutex<Void>(())
    private let source: ConfigurationSource?
    private let logger: Logger
    private let progress: StartProgress

    /// - Parameters:
    ///   - source: is read by `reload()`; nil where there is none.
    ///   - progress: is told of the beginning and the end.
    init(
        _ configuration: Configuration, from source: ConfigurationSource?, logger: Logger,
        progress: StartProgress
    ) {
        running = Mutex(configuration)
        self.source = source
        self.logger = logger
        self.progress = progress
    }

    /// From now on these parts take changes.
    ///
    /// - Parameter refusals: why a change must not be made; asked before any part prepares for it.
    func begin(
        _ parts: [any Reloadable], refusing refusals: @escaping @Sendable (Reload) -> [String]
    ) {
        self.parts.withLock { $0 = parts }
        self.refusals.withLock { $0 = refusals }
    }

    /// What the daemon runs with: values that need a restart are still the old ones.
    var configuration: Configuration { running.withLock { $0 } }

    /// Reads the configuration again, and applies what can change.
    package func reload() throws(ReloadError) -> ReloadReport {
        progress.reloading()
        defer { progress.reloaded() }
        do throws(ReloadError) {
            let report = try reload(read())
            log(report)
            return report
        } catch {
            for problem in error.problems.prefix(Self.mostProblems) {
                logger.event(.reloadFailed, .error, "nothing was changed: \(problem)")
            }
            throw error
        }
    }

    /// Problems that the log has of one reload.
    private static let mostProblems = 20

    private func read() throws(ReloadError) -> Configuration {
        guard let source else {
            throw ReloadError(problems: ["this daemon was not started from a configuration"])
        }
        do throws(ConfigurationError) {
            return try source.read()
        } catch {
            throw ReloadError(problems: error.lines)
        }
    }

    /// Applies what can change while the daemon runs.
    ///
    /// - Throws: `ReloadError` if anything cannot be applied; then nothing is.
    package func reload(_ wanted: Configuration) throws(ReloadError) -> ReloadReport {
        try turn.withLock { _ throws(ReloadError) in
            let old = configuration
            let (new, changes) = try old.taking(wanted)
            let change = Reload(old: old, new: new)
            let parts = self.parts.withLock { $0 }
            let refused = refusals.withLock { $0 }(change)
            guard refused.isEmpty else { throw ReloadError(problems: refused) }
            var prepared: [PreparedReload] = []
            var problems: [String] = []
            for part in parts {
                do throws(ReloadError) {
                    prepared.append(try part.prepare(change))
                } catch { problems += error.problems }
            }
            guard problems.isEmpty else { throw ReloadError(problems: problems) }
            for part in prepared { part.commit() }
            running.withLock { $0 = new }
            var report = ReloadReport()
            report.applied = changes.filter(\.isLive).map(\.key)
            report.needsRestart = changes.filter { !$0.isLive }.map(\.key)
            report.notes = prepared.flatMap(\.notes)
            return report
        }
    }

    /// Sets the level of the log, until a reload finds another one configured.
    func setLogLevel(_ level: ControlLogLevel) throws(ReloadError) -> ReloadReport {
        var wanted = configuration
        wanted.log.level = Logger.Level(level)
        let report = try reload(wanted)
        logger.event(
            .logLevelSet, .notice, "the log has lines of this level and above",
            ["level": "\(level.rawValue)"])
        return report
    }

    private func log(_ report: ReloadReport) {
        func list(_ keys: [String]) -> Logger.MetadataValue {
            .string(keys.isEmpty ? "none" : keys.joined(separator: " "))
        }
        let notes = report.notes.map { "; \($0)" }.joined()
        logger.event(
            .reloadFinished, report.needsRestart.isEmpty ? .notice : .warning,
            "the configuration was read again\(notes)",
            ["applied": list(report.applied), "needs_restart": list(report.needsRestart)])
    }
}

extension Configuration {
    /// This configuration with the values of another one, where a running daemon takes them; and all
    /// keys that differ.
    ///
    /// - Throws: `ReloadError` if the values do not fit to those that stay.
    fileprivate func taking(
        _ wanted: Configuration
    ) throws(ReloadError) -> (new: Configuration, changes: [ConfigurationChange]) {
        let codec = Self.codec
        let values = codec.encode(wanted)
        var merged = codec.encode(self)
        var changes = codec.shape.changes(from: merged, to: values)
        // Without endpoints there is no control thread.
        if control.bind == [] || wanted.control.bind == [] {
            for index in changes.indices where changes[index].key == "control.bind" {
                changes[index].isLive = false
            }
        }
        for change in changes where change.isLive {
            merged.set(values.value(at: change.path), at: change.path)
        }
        var problems: [ConfigurationError.Problem] = []
        let new = codec.decode(merged, "", &problems) ?? self
        problems += new.inconsistencies
        guard problems.isEmpty else {
            throw ReloadError(
                problems: problems.map { "\($0.key): \($0.text); restart the daemon instead" })
        }
        return (new, changes)
    }
}

extension Logger.Level {
    fileprivate init(_ level: ControlLogLevel) {
        self =
            switch level {
            case .trace: .trace
            case .debug: .debug
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            case .critical: .critical
            }
    }
}
