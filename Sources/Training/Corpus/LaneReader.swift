internal import Randomness

/// Fills some lanes of the mini-batches from a corpus, epoch after epoch. Each epoch concatenates
/// the texts in a new random order and divides the tokens evenly into one contiguous sequence for
/// each lane.
///
/// `epoch` and `position` are its whole state.
package struct LaneReader: Sendable {
    private let corpus: TokenCorpus
    private let lanes: Range<Int>
    private let seed: UInt64
    private let messages: LabelledMessages
    private let startToken: Int32?
    package private(set) var epoch: Int
    /// Tokens read in each lane in this epoch.
    package private(set) var position: Int
    /// This epoch's order of the texts, their tokens, and the position of each text among the
    /// tokens.
    private var order: [Int] = []
    private var tokens: [Int32] = []
    private var begins: [Int] = []
    /// Whether each text continues with the state of the previous text.
    private var joined: [Bool] = []
    /// The current text of each lane.
    private var current: [Int] = []

    package init(
        _ corpus: TokenCorpus, lanes: Range<Int>, seed: UInt64, startToken: Int32?,
        messages: LabelledMessages = LabelledMessages(), epoch: Int = 0, position: Int = 0
    ) {
        precondition(!lanes.isEmpty && corpus.tokens.count >= 2 * lanes.count)
        self.corpus = corpus
        self.lanes = lanes
        self.seed = seed
        self.startToken = startToken
        self.messages = messages
        self.epoch = epoch
        self.position = position
        arrange()
    }

    package var laneLength: Int { tokens.count / lanes.count }
    /// Epochs read, including the fraction of the current one.
    package var epochs: Double {
        // The last mini-batch may extend beyond the end of a lane.
        Double(epoch) + Double(min(position, laneLength)) / Double(laneLength)
    }

    private mutating func arrange() {
        order = Array(0..<corpus.count)
        var random = SeededRandom(seed: seed, purpose: "order", epoch)
        order.shuffle(using: &random)
        tokens.removeAll(keepingCapacity: true)
        tokens.reserveCapacity(corpus.tokens.count)
        begins.removeAll(keepingCapacity: true)
        for text in order {
            begins.append(tokens.count)
            tokens += corpus.tokens[corpus.range(of: text)]
        }
        joined = order.map { _ in messages.joined > 0 && random.uniform() < messages.joined }
        current = lanes.indices.map { index in
            let at = (index - lanes.lowerBound) * laneLength + position
            return max(0, begins.partitioningIndex { $0 > at } - 1)
        }
    }

    /// Fills this reader's lanes of a mini-batch and advances.
    package mutating func fill(_ batch: inout MiniBatch) {
        if position >= laneLength {
            epoch += 1
            position = 0
            arrange()
        }
        for (index, lane) in lanes.enumerated() { fill(&batch, lane, index) }
        batch.tokenCount += lanes.count * min(batch.shape.steps, laneLength - position)
        position += batch.shape.steps
    }

    private mutating func fill(_ batch: inout MiniBatch, _ lane: Int, _ index: Int) {
        let shape = batch.shape
        let start = index * laneLength
        var text = current[index]
        for step in 0..<shape.steps where position + step < laneLength {
            let at = start + position + step
            while text + 1 < begins.count && begins[text + 1] <= at { text += 1 }
            let row = shape.row(step, lane)
            // A lane that begins inside a text begins like a text, since every served stream does.
            let isFirst = position + step == 0
            batch.tokens[row] = isFirst ? startToken ?? tokens[at] : tokens[at]
            batch.starts[row] = isFirst || begins[text] == at
            if !isFirst && begins[text] == at && joined[text], let separator = messages.separator {
                batch.tokens[row] = separator
                batch.starts[row] = false
                batch.separators[row] = true
            }
            let end = text + 1 < begins.count ? begins[text + 1] : tokens.count
            batch.ends[row] = at + 1 == end
            if at + 1 < end && position + step + 1 < laneLength {
                batch.targets[row] = tokens[at + 1]
            }
            addSentiment(&batch, row, text, at - begins[text], end - begins[text])
        }
        current[index] = text
    }

    /// `place` is the index of the token in its text. `length` counts the start token.
    private func addSentiment(
        _ batch: inout MiniBatch, _ row: Int, _ text: Int, _ place: Int, _ length: Int
    ) {
        guard let label = corpus.labels[order[text]], length > 1 else { return }
        if startToken != nil && place == 0 { return }
        let count = startToken == nil ? length : length - 1
        var weight = messages.weights.every / Double(count)
        if place == length - 1 { weight += messages.weights.last }
        weight *= messages.weight
        guard weight > 0 else { return }
        batch.sentiments.append(
            SentimentTarget(row: row, firstRow: row, positive: label, weight: weight))
    }
}

extension Array {
    /// The first index whose element satisfies the condition. All later elements must satisfy it
    /// too.
    func partitioningIndex(where condition: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
