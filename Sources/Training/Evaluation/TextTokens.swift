package import Model
import Tokenizer

/// The tokens of a text as one message, and the model's start token, if it has one.
package struct TextTokens: Sendable {
    package let ids: [Int32]
    let startToken: Int32?
    let byteCount: Int
    /// Bytes of the first token.
    let firstByteCount: Int

    /// - Parameter isStopped: polled often; true ends it with the tokens of the beginning of the
    ///   text.
    package init(_ text: [UInt8], model: Model, isStopped: () -> Bool = { false }) {
        self.init(
            text, encoder: model.tokenizer.makeEncoder(), startToken: model.config.startToken,
            isStopped)
    }

    private init(
        _ text: [UInt8], encoder: TokenEncoder, startToken: Int?, _ isStopped: () -> Bool
    ) {
        var ids: [Int32] = []
        var firstByteCount = 0
        encoder.tokenise(text.span, isStopped: isStopped) { tokens in
            if ids.isEmpty, let first = tokens.first { firstByteCount = first.byteCount }
            ids += tokens.lazy.map(\.id)
        }
        self.ids = ids
        self.startToken = startToken.map { Int32($0) }
        byteCount = text.count
        self.firstByteCount = firstByteCount
    }

    /// Tokenises each text on its own, on several threads.
    package static func all(
        _ texts: [[UInt8]], model: Model, threads: Int, isStopped: @Sendable () -> Bool = { false }
    ) -> [TextTokens] {
        let parts = max(1, min(threads, texts.count))
        return ThreadPool(threads: threads).results(parts) { part in
            let encoder = model.tokenizer.makeEncoder()
            let range = part * texts.count / parts..<(part + 1) * texts.count / parts
            return texts[range].map {
                TextTokens($0, encoder: encoder, startToken: model.config.startToken, isStopped)
            }
        }.flatMap(\.self)
    }

    /// The positions of the tokens that can be predicted: those with a token before them.
    var predicted: Range<Int> { min(startToken == nil ? 1 : 0, ids.count)..<ids.count }
    var predictedByteCount: Int { startToken == nil ? byteCount - firstByteCount : byteCount }

    /// The token that the model reads before a token, in a stream that begins at token `first`.
    func input(before token: Int, inStreamFrom first: Int) -> Int32 {
        if token == first, let startToken { return startToken }
        return ids[token - 1]
    }
}
