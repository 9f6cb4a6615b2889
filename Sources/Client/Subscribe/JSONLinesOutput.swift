package import Files
import PlainText
package import Terminal
import Wire

/// Each event as a line `{"topic":…,"sequence":…,"body":{…}}`, with `"backfill":true` if it was missed
/// and had from the daemon later; notes go to the standard error. On a
/// terminal, control characters that a body should not have are escaped.
package struct JSONLinesOutput: EventOutput {
    private var lines: [UInt8] = []
    private let output: TextOutput
    private let errors: TextOutput
    private let isOnTerminal: Bool

    package init(output: TextOutput = .standardOutput, errors: TextOutput = .standardError) {
        self.output = output
        self.errors = errors
        isOnTerminal = output.isTerminal
    }

    package mutating func write(_ message: EventMessage) throws(OutputError) {
        lines.appendLine(message, escapesControls: isOnTerminal)
        if lines.count > 1 << 16 { try settle() }
    }

    package mutating func note(_ text: String) throws(OutputError) {
        try errors.write("sluice: \(text.escapedForTerminal())\n")
    }

    package mutating func settle() throws(OutputError) {
        try output.write(lines)
        lines.removeAll(keepingCapacity: true)
    }

    package mutating func finish() throws(OutputError) { try settle() }
}

extension [UInt8] {
    /// The body is copied: it is one JSON object.
    fileprivate mutating func appendLine(_ message: EventMessage, escapesControls: Bool) {
        let topic = "\(message.topic.kind.rawValue)/\(message.topic.stream)"
        appendJSON("{\"topic\":", string: topic)
        appendJSON(",\"sequence\":")
        appendJSON(message.sequence)
        appendJSON(",\"body\":")
        for byte in message.body where byte != UInt8(ascii: "\n") {
            if escapesControls, byte < 0x20 {
                appendJSON("\\u00")
                appendHexadecimal(byte)
            } else {
                append(byte)
            }
        }
        appendJSON(message.isRecovered ? ",\"backfill\":true}\n" : "}\n")
    }
}
