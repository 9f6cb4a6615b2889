package import Model
package import Tokenizer

/// A text as a model reads it in one message: its tokens, after the model's start token if it has
/// one.
package struct TextTokens: Sendable {
    package let ids: [Int32]
    let startToken: Int32?
    let byteCount: Int
    /// Bytes of the first token.
    let firstByteCount: Int

    private static let slice = 1 << 16

    package init(_ text: [UInt8], model: Model) {
        self.init(text, tokenizer: model.tokenizer, startToken: model.config.startToken)
    }

    package init(_ text: [UInt8], tokenizer: any TokenizerModel, startToken: Int?) {
        var incremental = IncrementalTokenizer(tokenizer.makeEncoder())
        var (ids, tokens): ([Int32], [Token]) = ([], [])
        var firstByteCount = 0
        func take() {
            if ids.isEmpty, let first = tokens.first { firstByteCount = first.byteCount }
            ids += tokens.lazy.map(\.id)
            tokens.removeAll(keepingCapacity: true)
        }
        for start in stride(from: 0, to: text.count, by: Self.slice) {
            let end = min(start + Self.slice, text.count)
            incremental.append(text.span.extracting(start..<end), into: &tokens)
            take()
        }
        incremental.finish(into: &tokens)
        take()
        self.ids = ids
        self.startToken = startToken.map { Int32($0) }
        byteCount = text.count
        self.firstByteCount = firstByteCount
    }

    /// The tokens that something comes before, so that they can be foretold.
    var foretold: Range<Int> { min(startToken == nil ? 1 : 0, ids.count)..<ids.count }
    var foretoldByteCount: Int { startToken == nil ? byteCount - firstByteCount : byteCount }

    /// What the model reads just before a token, in a stream that begins at token `first`.
    func input(before token: Int, inStreamFrom first: Int) -> Int32 {
        if token == first, let startToken { return startToken }
        return ids[token - 1]
    }
}
