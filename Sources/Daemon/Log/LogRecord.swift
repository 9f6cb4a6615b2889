import Foundation
import Logging
import PlainText
import StrictJSON

/// A line of the log before it is written.
struct LogRecord {
    static let eventKey = "event"

    var level: Logger.Level
    var label: String
    var metadata: Logger.Metadata
    var source: String
    var message: String

    /// Without a line feed, in one line whatever it quotes.
    func line(_ format: LogFormat, time: Date = Date()) -> String {
        let time = Self.timestamp(time)
        switch format {
        case .text: return text(time).escapedForTerminal()
        case .logfmt: return logfmt(time)
        case .json: return json(time)
        }
    }

    /// RFC 3339, in UTC, with milliseconds.
    private static func timestamp(_ time: Date) -> String {
        time.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
            + "Z"
    }

    /// The event first, then by name.
    private var fields: [(key: String, value: Logger.MetadataValue)] {
        metadata.sorted { a, b in
            let isFirst = (a.key == Self.eventKey, b.key == Self.eventKey)
            return isFirst.0 != isFirst.1 ? isFirst.0 : a.key < b.key
        }.map { ($0.key, $0.value) }
    }

    private func text(_ time: String) -> String {
        let fields = fields.map { " \($0.key)=\($0.value)" }.joined()
        return "\(time) \(level) \(label):\(fields) [\(source)] \(message)"
    }

    // MARK: For machines

    /// Keys of a line that no field may have.
    private static let reserved: Set<String> = ["time", "level", "msg", "message", "source"]

    private static func name(_ key: String) -> String {
        reserved.contains(key) ? key + "_" : key
    }

    private func logfmt(_ time: String) -> String {
        let event = metadata[Self.eventKey].map { [("event", $0.plain)] } ?? []
        let head =
            [("time", time), ("level", "\(level)")] + event
            + [("msg", message), ("source", source)]
        let rest = fields.filter { $0.key != Self.eventKey }.map {
            (Self.name($0.key), $0.value.plain)
        }
        return (head + rest).map { "\(Self.bare($0.0))=\(Self.quoted($0.1))" }
            .joined(separator: " ")
    }

    /// A key: what would end it is replaced.
    private static func bare(_ key: String) -> String {
        String(
            String.UnicodeScalarView(
                key.unicodeScalars.map { scalar in
                    scalar == " " || scalar == "=" || scalar == "\"" || scalar.steersTerminal
                        ? "_" : scalar
                }))
    }

    private static func quoted(_ value: String) -> String {
        let isBare =
            !value.isEmpty
            && value.unicodeScalars.allSatisfy { scalar in
                scalar != " " && scalar != "=" && scalar != "\"" && scalar != "\\"
                    && !scalar.steersTerminal
            }
        return isBare ? value : value.asJSON
    }

    private func json(_ time: String) -> String {
        let event = metadata[Self.eventKey].map { [("event", $0.plain.asJSON)] } ?? []
        let head =
            [("time", time.asJSON), ("level", "\(level)".asJSON)] + event
            + [("message", message.asJSON), ("source", source.asJSON)]
        let rest = fields.filter { $0.key != Self.eventKey }.map {
            (Self.name($0.key), $0.value.json)
        }
        let all = (head + rest).map { "\($0.0.asJSON):\($0.1)" }
        return "{\(all.joined(separator: ","))}"
    }
}

/// Text of others, which lines for people show in quotation marks.
struct QuotedText: CustomStringConvertible, Sendable {
    let text: String
    var description: String { text.debugDescription }
}

extension Logger.MetadataValue {
    static func quoted(_ text: String) -> Self { .stringConvertible(QuotedText(text: text)) }

    fileprivate var plain: String {
        if case .stringConvertible(let value as QuotedText) = self { value.text } else { "\(self)" }
    }

    fileprivate var json: String {
        switch self {
        case .stringConvertible(let value as any BinaryInteger): "\(value)"
        case .array(let values): "[\(values.map(\.json).joined(separator: ","))]"
        case .dictionary(let values):
            "{"
                + values.sorted { $0.key < $1.key }.map { "\($0.key.asJSON):\($0.value.json)" }
                .joined(separator: ",") + "}"
        default: plain.asJSON
        }
    }
}

extension String {
    /// A JSON string without a character that controls a terminal or ends a line.
    fileprivate var asJSON: String { jsonLiteral(escaping: \.steersTerminal) }
}
