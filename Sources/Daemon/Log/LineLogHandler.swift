import Glibc
package import Logging
import PlainText

/// Log lines in the format of swift-log's own handler:
///
///     2026-01-31T17:04:59+0100 info sluice: key=value key=value [Source] message
///
/// Each entry is one line: characters that would end it, or control a terminal, are escaped here
/// and nowhere else.
package struct LineLogHandler: LogHandler {
    private let label: String
    private let write: @Sendable (String) -> Void
    package var logLevel = Logger.Level.info
    package var metadata = Logger.Metadata()

    /// - Parameter write: takes a line without its line feed. It must not wait.
    package init(label: String, write: @escaping @Sendable (String) -> Void) {
        self.label = label
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata.merging(event.metadata ?? [:]) { $1 }
        if let error = event.error { all["error"] = "\(error)" }
        write(
            Self.line(
                event.level, label, all, source: event.source, message: "\(event.message)"))
    }

    static func line(
        _ level: Logger.Level, _ label: String, _ metadata: Logger.Metadata, source: String,
        message: String
    ) -> String {
        let fields = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let line = "\(timestamp) \(level) \(label):\(fields) [\(source)] \(message)"
        return line.escapedForTerminal()
    }

    private static var timestamp: String {
        var now = time(nil)
        var parts = unsafe tm()
        guard unsafe localtime_r(&now, &parts) != nil else { return "-" }
        var bytes = [CChar](repeating: 0, count: 64)
        let count = unsafe strftime(&bytes, bytes.count, "%Y-%m-%dT%H:%M:%S%z", &parts)
        return String(decoding: bytes.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
