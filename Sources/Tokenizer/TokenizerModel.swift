/// What turns text into tokens: immutable, shared by every stream and thread.
package protocol TokenizerModel: Sendable {
    var vocabulary: Vocabulary { get }

    /// The working memory that one thread needs; its streams share it.
    func makeEncoder() -> TokenEncoder
}

extension TokenizerModel {
    /// The tokens of a whole text.
    package func tokens(of text: [UInt8]) -> [Token] {
        var tokens: [Token] = []
        var tokenizer = IncrementalTokenizer(makeEncoder())
        tokenizer.append(text, into: &tokens)
        tokenizer.finish(into: &tokens)
        return tokens
    }

    /// The ids of a whole text's tokens.
    package func encode(_ text: [UInt8]) -> [Int32] {
        tokens(of: text).map(\.id)
    }
}
