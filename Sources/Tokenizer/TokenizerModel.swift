/// A tokenizer: immutable, shared by all streams and threads.
package protocol TokenizerModel: Sendable {
    var vocabulary: Vocabulary { get }

    /// Creates the working memory of one thread, which its streams share.
    func makeEncoder() -> TokenEncoder
}

extension TokenizerModel {
    /// The tokens of a whole text.
    package func tokens(of text: [UInt8]) -> [Token] {
        var tokens: [Token] = []
        makeEncoder().tokenise(text.span) { tokens += $0 }
        return tokens
    }

    /// The ids of a whole text's tokens.
    package func encode(_ text: [UInt8]) -> [Int32] {
        tokens(of: text).map(\.id)
    }
}
