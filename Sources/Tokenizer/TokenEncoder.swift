/// The working memory of one thread, for any number of streams. It holds no state of a stream.
package final class TokenEncoder {
    /// Nil for a byte tokenizer.
    var bpe: BPEEncoder?

    init(bpe: BPEEncoder?) { self.bpe = bpe }

    private static let pieceByteCount = 1 << 16

    /// Tokenises a whole text in pieces and calls `body` with the tokens of each.
    ///
    /// - Parameter isStopped: polled before each piece; true ends the text there.
    package func tokenise(
        _ text: Span<UInt8>, isStopped: () -> Bool = { false }, _ body: ([Token]) -> Void
    ) {
        var tokenizer = IncrementalTokenizer(self)
        var tokens: [Token] = []
        for start in stride(from: 0, to: text.count, by: Self.pieceByteCount) where !isStopped() {
            let end = min(start + Self.pieceByteCount, text.count)
            tokenizer.append(text.extracting(start..<end), into: &tokens)
            body(tokens)
            tokens.removeAll(keepingCapacity: true)
        }
        tokenizer.finish(into: &tokens)
        body(tokens)
    }
}
