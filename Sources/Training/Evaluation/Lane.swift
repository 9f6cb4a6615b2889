/// A part of a text that one stream reads: warm-up tokens, then the tokens that count.
struct Lane: Equatable {
    /// The position at which the stream begins.
    let first: Int
    /// The tokens whose surprisal counts.
    let counted: Range<Int>

    /// Warm-up tokens of a lane, after which its state is close to that of one long stream.
    static let warmUp = 256
    private static let shortest = 4096
    private static let most = 128

    /// The number of lanes for a text of that length. It does not depend on the machine, so that
    /// results are reproducible.
    static func usualCount(tokens: Int) -> Int { max(1, min(most, tokens / shortest)) }

    /// Divides the text into about equal parts. The first lane begins at the start of the text.
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
