/// Labelled texts distributed over lanes of about equal length. Each text is whole in one lane and
/// has a target at its last token.
struct LabelledLanes {
    private let corpus: TokenCorpus
    private let known: [Double]?
    private let lanes: [[Int]]
    private let tokens: [[Int32]]
    /// The texts of each lane and the positions at which they begin.
    private let places: [[(begin: Int, text: Int)]]

    /// - Parameter known: log-odds of each text that add to the logit; see `SentimentTarget`.
    init(_ corpus: TokenCorpus, lanes count: Int, known: [Double]? = nil) {
        self.corpus = corpus
        self.known = known
        var lanes: [[Int]] = Array(repeating: [], count: count)
        var lengths = Array(repeating: 0, count: count)
        for text in (0..<corpus.count).sorted(by: {
            (corpus.range(of: $1).count, $0) < (corpus.range(of: $0).count, $1)
        }) {
            let shortest = lengths.indices.min { lengths[$0] < lengths[$1] } ?? 0
            lanes[shortest].append(text)
            lengths[shortest] += corpus.range(of: text).count
        }
        self.lanes = lanes
        tokens = lanes.map { $0.flatMap { corpus.tokens[corpus.range(of: $0)] } }
        places = lanes.map { texts in
            var begin = 0
            return texts.map { text in
                defer { begin += corpus.range(of: text).count }
                return (begin, text)
            }
        }
    }

    func batches(of steps: Int) -> [(first: Int, steps: Int)] {
        let longest = tokens.map(\.count).max() ?? 0
        return stride(from: 0, to: longest, by: steps).map { ($0, min(steps, longest - $0)) }
    }

    func batch(first: Int, steps: Int) -> MiniBatch {
        var batch = MiniBatch(shape: BatchShape(steps: steps, lanes: lanes.count))
        for lane in lanes.indices {
            for step in 0..<steps where first + step < tokens[lane].count {
                batch.tokens[batch.shape.row(step, lane)] = tokens[lane][first + step]
            }
            addEnds(&batch, lane, first..<first + steps)
        }
        return batch
    }

    private func addEnds(_ batch: inout MiniBatch, _ lane: Int, _ range: Range<Int>) {
        for (begin, text) in places[lane] {
            if range.contains(begin) {
                batch.starts[batch.shape.row(begin - range.lowerBound, lane)] = true
            }
            let last = begin + corpus.range(of: text).count - 1
            guard range.contains(last), let label = corpus.labels[text] else { continue }
            let row = batch.shape.row(last - range.lowerBound, lane)
            batch.ends[row] = true
            batch.sentiments.append(
                SentimentTarget(
                    row: row, firstRow: row, positive: label, weight: 1, known: known?[text] ?? 0))
        }
    }
}
