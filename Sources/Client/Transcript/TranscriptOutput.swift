package import Files
package import Terminal
import Wire

/// Events as a running text (`TranscriptRenderer`).
package struct TranscriptOutput: EventOutput {
    private var renderer: TranscriptRenderer
    private var text = ""
    private let output: TextOutput

    package init(_ renderer: TranscriptRenderer, output: TextOutput = .standardOutput) {
        self.renderer = renderer
        self.output = output
        self.renderer.columns = output.columns
    }

    package mutating func write(_ message: EventMessage) throws(OutputError) {
        guard let event = try? Event(kind: message.topic.kind, body: message.body) else {
            return try note("a \(message.topic.kind.rawValue) event has a body of unknown form")
        }
        text += renderer.render(event)
        if text.utf8.count > 1 << 16 { try flush() }
    }

    package mutating func note(_ text: String) throws(OutputError) {
        self.text += renderer.note(text)
        try flush()
    }

    package mutating func settle() throws(OutputError) {
        text += renderer.settle()
        try flush()
    }

    package mutating func finish() throws(OutputError) {
        text += renderer.finish()
        try flush()
    }

    private mutating func flush() throws(OutputError) {
        try output.write(text)
        text = ""
        renderer.columns = output.columns
    }
}
