/// Tasks that only a network with a long memory can do, in tokens.
package enum MemoryTask: String, CaseIterable, Sendable {
    /// Two of many digits are marked, one in each half of the text; at its end comes their sum. The
    /// adding problem of Hochreiter and Schmidhuber 1997 (experiment 4), with digits in place of real
    /// numbers.
    case adding
    /// Some symbols, then blanks, then a mark, after which the symbols are to be said again:
    /// Hochreiter and Schmidhuber 1997, in the form of Arjovsky, Shah and Bengio 2016.
    case copy

    /// Symbols that `copy` has, and how many are to be kept.
    private static let symbols = 8
    private static let kept = 5

    package var vocabularySize: Int {
        switch self {
        // Digits, marked digits, the question, and sums from 0 to 18.
        case .adding: 10 + 10 + 1 + 19
        // Symbols, blank, mark.
        case .copy: Self.symbols + 2
        }
    }

    /// Steps of a text of that length.
    package func steps(length: Int) -> Int {
        switch self {
        case .adding: length + 1
        case .copy: length + 2 * Self.kept
        }
    }

    /// How often a guess is right.
    package var chance: Double {
        switch self {
        case .adding: 0.1
        case .copy: 1 / Double(Self.symbols)
        }
    }

    /// A window of random texts, one in each lane, of `length` (at least 10).
    package func batch(length: Int, lanes: Int, random: inout SeededRandom) -> MiniBatch {
        var batch = MiniBatch(shape: BatchShape(steps: steps(length: length), lanes: lanes))
        for lane in 0..<lanes {
            let (tokens, targets) = text(length, &random)
            for (step, token) in tokens.enumerated() {
                let row = batch.shape.row(step, lane)
                batch.tokens[row] = token
                batch.targets[row] = targets[step]
                batch.starts[row] = step == 0
                batch.ends[row] = step == tokens.count - 1
            }
        }
        return batch
    }

    private func text(_ length: Int, _ random: inout SeededRandom) -> ([Int32], [Int32]) {
        switch self {
        case .adding:
            var tokens = (0..<length).map { _ in Int32.random(in: 0..<10, using: &random) }
            let first = Int.random(in: 0..<length / 2, using: &random)
            let second = Int.random(in: length / 2..<length, using: &random)
            let sum = tokens[first] + tokens[second]
            tokens[first] += 10
            tokens[second] += 10
            return (tokens + [20], Array(repeating: -1, count: length) + [21 + sum])
        case .copy:
            let symbols = (0..<Self.kept).map { _ in
                Int32.random(in: 0..<Int32(Self.symbols), using: &random)
            }
            let (blank, mark) = (Int32(Self.symbols), Int32(Self.symbols + 1))
            let blanks = Array(repeating: blank, count: length - 1)
            let tokens = symbols + blanks + [mark] + Array(repeating: blank, count: Self.kept)
            // Each is predicted from the token before it.
            let targets = Array(repeating: -1, count: tokens.count - Self.kept - 1) + symbols + [-1]
            return (tokens, targets)
        }
    }
}
