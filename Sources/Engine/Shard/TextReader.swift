import Model
import Tokenizer
import Wire

/// Turns the text of streams into the steps that read it.
struct TextReader {
    /// Bytes tokenised at a time: enough for the tokenizer's speed, and little beside the text, of
    /// which there may be a lot for many streams.
    private static let slice = 128

    let encoder: TokenEncoder
    private let startTokens: [Int32]
    private let separator: [Int32]

    init(_ model: Model) {
        encoder = model.tokenizer.makeEncoder()
        startTokens = model.config.startToken.map { [Int32($0)] } ?? []
        separator = model.tokenizer.encode(Array(model.config.separator.utf8))
    }

    /// Tokenises the next slice of the request at the front of the stream's queue. True if that was
    /// the last one.
    func readSlice(of request: Request, _ stream: StreamState) -> Bool {
        guard let work = stream.work else { return false }
        let end = min(work.position + Self.slice, request.text.count)
        var tokens: [Token] = []
        stream.tokenize(request.text.span.extracting(work.position..<end), into: &tokens)
        work.advance(to: end)
        let isRead = end == request.text.count
        let endsMessage = isRead && !request.more
        if endsMessage { stream.finishText(into: &tokens) }
        add(tokens, stream)
        if endsMessage { work.addMessageEnd() }
        return isRead
    }

    /// Forces held-back bytes out. True if there were no tokens in them.
    func drain(_ stream: StreamState) -> Bool {
        var tokens: [Token] = []
        stream.finishText(into: &tokens)
        add(tokens, stream)
        return tokens.isEmpty
    }

    /// Before a message's first token comes what the model reads between messages.
    private func add(_ tokens: [Token], _ stream: StreamState) {
        guard !tokens.isEmpty else { return }
        let leadIn =
            switch stream.takeLeadIn() {
            case .start: startTokens
            case .separator: separator
            case .none: [Int32]()
            }
        stream.work?.add(leadIn: leadIn, tokens)
    }
}
