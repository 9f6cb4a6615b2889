import Names
import PlainText
package import Terminal
package import Wire

/// Shows events as a running text: each token shaded by its sentiment and surprisal, the scores of
/// messages behind them, errors on lines of their own, and what may come next on a status line.
///
///     for event in batch { output += renderer.render(event) }
///     output += renderer.settle()
package struct TranscriptRenderer: Sendable {
    private let depth: ColorDepth
    private var streams: [Name: StreamTranscript] = [:]
    private var shownStream: Name?
    private var wrapper = LineWrapper()
    private var statusLine: StatusLine?

    /// - Parameter showsStatus: only for a terminal; it moves the cursor.
    package init(depth: ColorDepth, showsStatus: Bool) {
        self.depth = depth
        statusLine = showsStatus ? StatusLine() : nil
    }

    /// The terminal's width, to break lines by; nil for no breaks.
    package var columns: Int? {
        get { wrapper.columns }
        set { wrapper.columns = newValue }
    }

    /// Text to print now. A token may wait for its sentiment, until `settle` at the latest.
    package mutating func render(_ event: Event) -> String {
        let name = Name(event.context.stream)
        var stream = streams[name] ?? StreamTranscript()
        defer { streams[name] = event.payload == .stream(.ended) ? nil : stream }
        var pieces = stream.read(event)
        if event.payload.endsText { pieces += stream.finishText() }
        let text = show(pieces, of: name)
        switch event.payload {
        case .sentiment(let sentiment) where sentiment.scope == .message:
            return text + show(sentiment, of: name)
        case .next, .sentiment: return text
        case .stream(let change): return text + show(change, of: name)
        case .error(let refusal): return text + show(refusal, of: name)
        }
    }

    /// Called when no more events are there at the moment: shows waiting tokens and the status line.
    package mutating func settle() -> String {
        var output = ""
        for name in streams.keys.sorted() where streams[name]?.isWaiting == true {
            let pieces = streams[name]?.release() ?? []
            output += show(pieces, of: name)
        }
        if let shownStream, let status = streams[shownStream]?.status(depth) {
            output += statusLine?.draw(status) ?? ""
        }
        return output
    }

    /// Called at the end: shows waiting tokens and leaves the cursor on a line of its own.
    package mutating func finish() -> String {
        var output = settle() + erasedStatus()
        for name in streams.keys.sorted() {
            output += show(streams[name]?.finishText() ?? [], of: name)
        }
        return output + lineBreak()
    }

    /// A line about the connection or about missing events.
    package mutating func note(_ text: String, tone: Tone = .warning) -> String {
        erasedStatus() + lineBreak()
            + tone.applied(to: text.escapedForTerminal(), depth: depth) + "\n"
    }
}

extension TranscriptRenderer {
    private mutating func show(_ pieces: [StreamTranscript.Piece], of name: Name) -> String {
        var output = ""
        for piece in pieces where !piece.text.isEmpty {
            if output.isEmpty { output = erasedStatus() + heading(name) }
            output += show(piece)
        }
        return output
    }

    private mutating func show(_ piece: StreamTranscript.Piece) -> String {
        let text = wrapper.wrap(piece.text.escapedForTerminal(keepingLayout: true))
        // A background must not extend to the end of the line.
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : piece.shade.applied(to: String($0), depth: depth) }
            .joined(separator: "\n")
    }

    private mutating func show(_ sentiment: Sentiment, of name: Name) -> String {
        let tone: Tone = sentiment.score < 0 ? .bad : .good
        let text = "\(signed(sentiment.score)), \(percent(sentiment.positive)) positive"
        let opening = erasedStatus() + heading(name) + (wrapper.isAtLineStart ? "" : "  ")
        wrapper.startLine()
        return opening + tone.applied(to: "[message \(sentiment.message): \(text)]", depth: depth)
            + "\n"
    }

    private mutating func show(_ change: StreamChange, of name: Name) -> String {
        guard change != .started else { return erasedStatus() + heading(name) }
        let line = "\u{2500}\u{2500} \(name.text.escapedForTerminal()) \(change.rawValue)"
        shownStream = nil
        return erasedStatus() + lineBreak() + Tone.quiet.applied(to: line, depth: depth) + "\n"
    }

    private mutating func show(_ refusal: Refusal, of name: Name) -> String {
        var text = "error \(refusal.code.rawValue)"
        if !name.isEmpty { text += " in \(name)" }
        text += ": \(refusal.message)"
        if let endpoint = refusal.endpoint { text += " (\(endpoint))" }
        return note(text, tone: .bad)
    }

    /// A heading with the stream's name, where the stream changes.
    private mutating func heading(_ name: Name) -> String {
        guard shownStream != name else { return "" }
        shownStream = name
        let line = "\u{2500}\u{2500} \(name.text.escapedForTerminal())"
        return lineBreak() + Tone.quiet.applied(to: line, depth: depth) + "\n"
    }

    private mutating func lineBreak() -> String {
        defer { wrapper.startLine() }
        return wrapper.isAtLineStart ? "" : "\n"
    }

    private mutating func erasedStatus() -> String { statusLine?.erase() ?? "" }
}

extension Event.Payload {
    /// Whether the text so far has ended: an incomplete character stays incomplete.
    fileprivate var endsText: Bool {
        switch self {
        case .sentiment(let sentiment): sentiment.scope == .message
        case .stream: true
        case .next, .error: false
        }
    }
}
