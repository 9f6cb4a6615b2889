import Dispatch
package import Model
import Synchronization
import Tokenizer

/// The tokens of a text as one message, and the model's start token, if it has one.
package struct TextTokens: Sendable {
    package let ids: [Int32]
    let startToken: Int32?
    let byteCount: Int
    /// Bytes of the first token.
    let firstByteCount: Int

    private static let slice = 1 << 16

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
        var incremental = IncrementalTokenizer(encoder)
        var (ids, tokens): ([Int32], [Token]) = ([], [])
        var firstByteCount = 0
        func take() {
            if ids.isEmpty, let first = tokens.first { firstByteCount = first.byteCount }
            ids += tokens.lazy.map(\.id)
            tokens.removeAll(keepingCapacity: true)
        }
        for start in stride(from: 0, to: text.count, by: Self.slice) where !isStopped() {
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

    /// Tokenises each text on its own, on several threads.
    package static func all(
        _ texts: [[UInt8]], model: Model, threads: Int,
        isStopped: @Sendable () -> Bool = { false }
    ) -> [TextTokens] {
        let parts = max(1, min(threads, texts.count))
        let found = Mutex<[[TextTokens]]>(Array(repeating: [], count: parts))
        DispatchQueue.concurrentPerform(iterations: parts) { part in
            let encoder = model.tokenizer.makeEncoder()
            let range = part * texts.count / parts..<(part + 1) * texts.count / parts
            let tokens = texts[range].map {
                TextTokens(
                    $0, encoder: encoder, startToken: model.config.startToken, isStopped)
            }
            found.withLock { $0[part] = tokens }
        }
        return found.withLock { Array($0.joined()) }
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
