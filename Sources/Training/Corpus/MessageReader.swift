internal import Randomness

/// Fills some lanes of the mini-batches with one whole text each, for bidirectional networks.
/// Shorter texts leave the rest of their lane empty; longer texts are truncated.
package struct MessageReader: Sendable {
    private let corpus: TokenCorpus
    private let lanes: Range<Int>
    private let seed: UInt64
    private let longest: Int
    package private(set) var epoch: Int
    /// Mini-batches read in this epoch.
    package private(set) var position: Int
    /// The texts of this epoch's mini-batches: texts of similar length together, in random order.
    private var batches: [[Int]] = []

    package init(
        _ corpus: TokenCorpus, lanes: Range<Int>, longest: Int, seed: UInt64, epoch: Int = 0,
        position: Int = 0
    ) {
        precondition(!lanes.isEmpty && corpus.count > 0)
        self.corpus = corpus
        self.lanes = lanes
        self.longest = longest
        self.seed = seed
        self.epoch = epoch
        self.position = position
        arrange()
    }

    package var epochs: Double { Double(epoch) + Double(position) / Double(batches.count) }
    /// Mini-batches of an epoch.
    package var batchCount: Int { batches.count }

    /// The sequence length that the next mini-batch needs.
    package mutating func nextSteps() -> Int {
        if position >= batches.count {
            epoch += 1
            position = 0
            arrange()
        }
        return batches[position].map { min(longest, corpus.range(of: $0).count) }.max() ?? 1
    }

    private mutating func arrange() {
        var random = SeededRandom(seed: seed, purpose: "messages", epoch)
        let texts = (0..<corpus.count).shuffled(using: &random)
        let sorted = texts.sorted { corpus.range(of: $0).count < corpus.range(of: $1).count }
        batches = stride(from: 0, to: sorted.count, by: lanes.count).map {
            Array(sorted[$0..<min($0 + lanes.count, sorted.count)])
        }
        batches.shuffle(using: &random)
    }

    /// Fills this reader's lanes of a mini-batch of at least `nextSteps()` steps and advances.
    package mutating func fill(_ batch: inout MiniBatch) {
        for (lane, text) in zip(lanes, batches[position]) {
            let tokens = corpus.tokens[corpus.range(of: text).prefix(longest)]
            for (step, token) in tokens.enumerated() {
                batch.tokens[batch.shape.row(step, lane)] = token
            }
            batch.tokenCount += tokens.count
            let (first, last) = (batch.shape.row(0, lane), batch.shape.row(tokens.count - 1, lane))
            batch.starts[first] = true
            batch.ends[last] = true
            guard let label = corpus.labels[text] else { continue }
            batch.sentiments.append(
                SentimentTarget(row: last, firstRow: first, positive: label, weight: 1))
        }
        position += 1
    }
}
