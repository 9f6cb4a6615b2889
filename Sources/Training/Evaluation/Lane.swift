/// A part of a text that one stream reads: the tokens that count, after some that do not.
struct Lane: Equatable {
    /// Where the stream begins.
    let first: Int
    /// The tokens whose surprisal counts.
    let counted: Range<Int>

    /// Tokens that a lane reads before its own, so that it has nearly the state of one long stream.
    static let warmUp = 256
    private static let shortest = 4096
    private static let most = 128

    /// As many lanes as a text is long enough for. It does not depend on the machine, so that
    /// everyone finds the same.
    static func usualCount(tokens: Int) -> Int { max(1, min(most, tokens / shortest)) }

    /// The text in about equal parts. The first is a stream from the text's beginning.
    static func lanes(of text: TextTokens, count: Int) -> [Lane] {
        let tokens = text.predicted
        let count = max(1, min(count, tokens.count))
        return (0..<count).map { lane in
            let start = tokens.lowerBound + lane * tokens.count / count
            let end = tokens.lowerBound + (lane + 1) * tokens.count / count
            return Lane(first: max(0, start - warmUp), counted: start..<end)
        }
    }
}
