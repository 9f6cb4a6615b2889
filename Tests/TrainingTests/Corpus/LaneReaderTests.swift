import Testing

@testable import Training

/// Lanes read each text of the corpus once in an epoch, as a served stream would.
@Suite struct LaneReaderTests {
    private static let startToken: Int32 = 99

    /// Texts of different lengths. A token encodes its text and its position.
    private static func corpus(startToken: Int32?, labelled: Bool = false) -> TokenCorpus {
        var corpus = TokenCorpus()
        for (text, length) in [5, 17, 2, 30, 9, 1, 12].enumerated() {
            corpus.append(
                (0..<length).map { Int32(1000 * (text + 1) + $0) }, startToken: startToken,
                byteCount: length, label: labelled ? Double(text % 2) : nil)
        }
        return corpus
    }

    /// The tokens and targets of each lane over one epoch, in mini-batches of `steps`.
    private static func epoch(
        _ reader: inout LaneReader, lanes: Int, steps: Int
    ) -> (rows: [[(token: Int32, target: Int32, isStart: Bool)]], sentiments: [SentimentTarget]) {
        var rows: [[(Int32, Int32, Bool)]] = Array(repeating: [], count: lanes)
        var sentiments: [SentimentTarget] = []
        let length = reader.laneLength
        for first in stride(from: 0, to: length, by: steps) {
            var batch = MiniBatch(shape: BatchShape(steps: steps, lanes: lanes))
            reader.fill(&batch)
            #expect(batch.tokenCount == lanes * min(steps, length - first))
            for lane in 0..<lanes {
                for step in 0..<min(steps, length - first) {
                    let row = step * lanes + lane
                    rows[lane].append((batch.tokens[row], batch.targets[row], batch.starts[row]))
                }
            }
            sentiments += batch.sentiments
        }
        return (rows, sentiments)
    }

    @Test(arguments: [1, 3, 7], [1, 4, 100])
    func everyLaneReadsItsPieceInOrder(lanes: Int, steps: Int) {
        let corpus = Self.corpus(startToken: Self.startToken)
        var reader = LaneReader(
            corpus, lanes: 0..<lanes, seed: 3, startToken: Self.startToken)
        var orders: [[Int32]] = []
        for _ in 0..<2 {
            let (rows, _) = Self.epoch(&reader, lanes: lanes, steps: steps)
            for row in rows {
                #expect(row[0].token == Self.startToken && row[0].isStart)
                for (now, next) in zip(row, row.dropFirst()) {
                    #expect((next.token == Self.startToken) == next.isStart)
                    #expect(now.target == (next.isStart ? -1 : next.token))
                }
                #expect(row.last?.target == -1)
            }
            let read = rows.flatMap { $0.map(\.token) }.filter { $0 != Self.startToken }
            #expect(Set(read).count == read.count)
            // Omitted: the remainder of the division, and tokens that a start token replaces.
            let all = corpus.tokens.filter { $0 != Self.startToken }
            #expect(Set(read).isSubset(of: all) && all.count - read.count < 2 * lanes)
            orders.append(read)
        }
        #expect(orders[0] != orders[1], "each epoch has an order of its own")
    }

    @Test(arguments: 0..<25) func fromAnyPositionItGoesOnAlike(position: Int) {
        let corpus = Self.corpus(startToken: Self.startToken)
        var whole = LaneReader(corpus, lanes: 0..<3, seed: 3, startToken: Self.startToken, epoch: 1)
        for _ in 0..<position {
            var batch = MiniBatch(shape: BatchShape(steps: 1, lanes: 3))
            whole.fill(&batch)
        }
        var resumed = LaneReader(
            corpus, lanes: 0..<3, seed: 3, startToken: Self.startToken, epoch: whole.epoch,
            position: whole.position)
        for steps in [2, 5, 3] {
            var (a, b) = (
                MiniBatch(shape: BatchShape(steps: steps, lanes: 3)),
                MiniBatch(shape: BatchShape(steps: steps, lanes: 3))
            )
            whole.fill(&a)
            resumed.fill(&b)
            #expect(a.tokens == b.tokens && a.targets == b.targets && a.starts == b.starts)
        }
    }

    @Test func theTokensOfALabelledTextShareItsWeight() {
        let corpus = Self.corpus(startToken: Self.startToken, labelled: true)
        var reader = LaneReader(
            corpus, lanes: 0..<1, seed: 3, startToken: Self.startToken,
            messages: LabelledMessages(weights: SentimentWeights(every: 2, last: 3)))
        let (_, sentiments) = Self.epoch(&reader, lanes: 1, steps: 7)
        for label in [0.0, 1] {
            let texts = label == 0 ? 4.0 : 3
            let weight = sentiments.filter { $0.positive == label }.reduce(0) { $0 + $1.weight }
            #expect(abs(weight - texts * (2 + 3)) < 1e-9)
        }
    }

    /// The separator replaces the start token, the state continues, and everything else is the
    /// same.
    @Test(arguments: [0.0, 0.5, 1.0]) func joinedTextsFollowASeparator(part: Double) {
        let corpus = Self.corpus(startToken: Self.startToken, labelled: true)
        let separator: Int32 = 7
        var messages = LabelledMessages()
        var apart = LaneReader(
            corpus, lanes: 0..<2, seed: 3, startToken: Self.startToken, messages: messages)
        (messages.joined, messages.separator, messages.weight) = (part, separator, 3)
        var joined = LaneReader(
            corpus, lanes: 0..<2, seed: 3, startToken: Self.startToken, messages: messages)
        let shape = BatchShape(steps: apart.laneLength, lanes: 2)
        var (a, b) = (MiniBatch(shape: shape), MiniBatch(shape: shape))
        apart.fill(&a)
        joined.fill(&b)
        for row in 0..<shape.rows {
            #expect(b.separators[row] == (a.starts[row] && !b.starts[row]))
            #expect(b.tokens[row] == (b.separators[row] ? separator : a.tokens[row]))
            #expect(row >= 2 || b.starts[row], "a lane begins with a state of its own")
        }
        #expect(a.targets == b.targets && a.ends == b.ends)
        #expect(b.sentiments.map(\.row) == a.sentiments.map(\.row))
        for (b, a) in zip(b.sentiments, a.sentiments) { #expect(b.weight == 3 * a.weight) }
        let (count, all) = (b.separators.count { $0 }, a.starts.count { $0 } - 2)
        #expect(part == 0 ? count == 0 : part == 1 ? count == all : (1..<all).contains(count))
    }
}
