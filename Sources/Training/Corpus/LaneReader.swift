/// Reads a corpus in some lanes of a window, over and over: its texts in a new order each time, one
/// after another, cut into as many long pieces as there are lanes.
///
/// Where it stands is two numbers, `epoch` and `position`.
package struct LaneReader: Sendable {
    private let corpus: TokenCorpus
    private let lanes: Range<Int>
    private let seed: UInt64
    private let messages: LabelledMessages
    private let startToken: Int32?
    package private(set) var epoch: Int
    /// Tokens read in each lane in this epoch.
    package private(set) var position: Int
    /// This epoch's order of the texts, their tokens, and where each begins among those.
    private var order: [Int] = []
    private var tokens: [Int32] = []
    private var begins: [Int] = []
    /// Which of them go on with the state of the one before.
    private var joined: [Bool] = []
    /// The text that each lane is in.
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
    /// Epochs read, with the part of the present one.
    package var epochs: Double {
        // The last window may go beyond a lane's end.
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

    /// Fills this reader's lanes of a window and goes on.
    package mutating func fill(_ window: inout WindowPlan) {
        if position >= laneLength {
            epoch += 1
            position = 0
            arrange()
        }
        for (index, lane) in lanes.enumerated() { fill(&window, lane, index) }
        window.tokenCount += lanes.count * min(window.shape.steps, laneLength - position)
        position += window.shape.steps
    }

    private mutating func fill(_ window: inout WindowPlan, _ lane: Int, _ index: Int) {
        let shape = window.shape
        let start = index * laneLength
        var text = current[index]
        for step in 0..<shape.steps where position + step < laneLength {
            let at = start + position + step
            while text + 1 < begins.count && begins[text + 1] <= at { text += 1 }
            let row = shape.row(step, lane)
            // A lane that begins within a text begins like one: streams that do not are never served.
            let isFirst = position + step == 0
            window.tokens[row] = isFirst ? startToken ?? tokens[at] : tokens[at]
            window.starts[row] = isFirst || begins[text] == at
            if !isFirst && begins[text] == at && joined[text], let separator = messages.separator {
                window.tokens[row] = separator
                window.starts[row] = false
                window.separators[row] = true
            }
            let end = text + 1 < begins.count ? begins[text + 1] : tokens.count
            window.ends[row] = at + 1 == end
            if at + 1 < end && position + step + 1 < laneLength {
                window.targets[row] = tokens[at + 1]
            }
            addSentiment(&window, row, text, at - begins[text], end - begins[text])
        }
        current[index] = text
    }

    /// `place` is that of the token in its text, of `length` with the start token.
    private func addSentiment(
        _ window: inout WindowPlan, _ row: Int, _ text: Int, _ place: Int, _ length: Int
    ) {
        guard let label = corpus.labels[order[text]], length > 1 else { return }
        if startToken != nil && place == 0 { return }
        let count = startToken == nil ? length : length - 1
        var weight = messages.weights.every / Double(count)
        if place == length - 1 { weight += messages.weights.last }
        weight *= messages.weight
        guard weight > 0 else { return }
        window.sentiments.append(
            SentimentTarget(row: row, firstRow: row, positive: label, weight: weight))
    }
}

/// How labelled texts are read in lanes.
package struct LabelledMessages: Sendable {
    package var weights = SentimentWeights()
    /// What each text counts.
    package var weight = 1.0
    /// The part of the texts that come as a stream's next message: after `separator`, which takes the
    /// place of the start token, with the state that the text before has left.
    package var joined = 0.0
    package var separator: Int32?

    package init(weights: SentimentWeights = SentimentWeights()) { self.weights = weights }
}

/// How much a labelled text's tokens count for the sentiment loss.
package struct SentimentWeights: Sendable, Equatable {
    /// All tokens together, each alike.
    package var every = 1.0
    /// The last token besides.
    package var last = 1.0

    package init(every: Double = 1, last: Double = 1) {
        self.every = every
        self.last = last
    }
}

extension Array {
    /// The first index whose element fulfils the condition, where all after it do too.
    func partitioningIndex(where condition: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
