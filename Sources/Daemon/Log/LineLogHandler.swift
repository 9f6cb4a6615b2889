package import Logging

/// Writes each entry as one line, by the settings at that time. Characters that would end the line,
/// or control a terminal, are escaped here and nowhere else.
package struct LineLogHandler: LogHandler {
    private let label: String
    private let settings: LogSettings
    private let write: @Sendable (String) -> Void
    private var ownLevel: Logger.Level?
    package var metadata = Logger.Metadata()

    /// - Parameter write: takes a line without its line feed. It must not wait.
    package init(
        label: String, settings: LogSettings = LogSettings(),
        write: @escaping @Sendable (String) -> Void
    ) {
        self.label = label
        self.settings = settings
        self.write = write
    }

    /// That of the settings, unless this logger was given one of its own.
    package var logLevel: Logger.Level {
        get { ownLevel ?? settings.level }
        set { ownLevel = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata.merging(event.metadata ?? [:]) { $1 }
        if let error = event.error { all["error"] = "\(error)" }
        write(
            settings.line(
                LogRecord(
                    level: event.level, label: label, metadata: all, source: event.source,
                    message: "\(event.message)")))
    }
}
