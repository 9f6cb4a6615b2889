package import Randomness

/// Tasks that need a long memory, as sequences of tokens.
package enum MemoryTask: String, CaseIterable, Sendable {
    /// Two digits are marked, one in each half of the text; the target at the end is their sum. The
    /// adding problem of Hochreiter and Schmidhuber 1997 (experiment 4), with digits instead of
    /// real numbers.
    case adding
    /// Symbols, then blanks, then a mark, after which the symbols must be repeated: Hochreiter and
    /// Schmidhuber 1997, in the form of Arjovsky, Shah and Bengio 2016.
    case copy

    /// The number of different symbols of `copy`, and the number of symbols to repeat.
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

    /// The sequence length for a text of that length.
    package func steps(length: Int) -> Int {
        switch self {
        case .adding: length + 1
        case .copy: length + 2 * Self.kept
        }
    }

    /// The accuracy of guessing.
    package var chance: Double {
        switch self {
        case .adding: 0.1
        case .copy: 1 / Double(Self.symbols)
        }
    }

    /// A mini-batch of random texts of `length` (at least 10), one in each lane.
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
            // Each symbol is predicted from the previous token.
            let targets = Array(repeating: -1, count: tokens.count - Self.kept - 1) + symbols + [-1]
            return (tokens, targets)
        }
    }
}
