import Kernels

// `unsafe`: row views are used inside the closures that lend their memory, and none is stored.

/// The heads, applied to states or to the rows of the latest step.
extension NetworkRunner {
    /// Fills `predictions` with the `top` most probable next tokens of each stream.
    package func predict(slots: [Int32], states: borrowing StateSlab, top: Int) {
        unsafe withOutputs(slots, states) { unsafe predict($0, $1, top: top) }
    }

    /// The same for tokens of the latest step, by their rows.
    package func predict(rows: [Int32], top: Int) {
        unsafe memory.withRows { unsafe predict($0.outputs, rows, top: top) }
    }

    private func predict(_ outputs: RowView, _ rows: [Int32], top: Int) {
        unsafe kernels.predict(
            vocabularyHead.weights, hidden: outputs, slots: rows.span, top: top,
            into: &predictions, workspace: &workspace)
    }

    /// The logit of one given token for each stream, with the same bits as in `predict`.
    package func tokenLogits(
        tokens: [Int32], slots: [Int32], states: borrowing StateSlab, into logits: inout [Float]
    ) {
        unsafe withOutputs(slots, states) { unsafe tokenLogits(tokens, $0, $1, into: &logits) }
    }

    /// The same for tokens of the latest step, by their rows.
    package func tokenLogits(tokens: [Int32], rows: [Int32], into logits: inout [Float]) {
        unsafe memory.withRows { unsafe tokenLogits(tokens, $0.outputs, rows, into: &logits) }
    }

    private func tokenLogits(
        _ tokens: [Int32], _ outputs: RowView, _ rows: [Int32], into logits: inout [Float]
    ) {
        logits.resize(to: rows.count, with: 0)
        unsafe kernels.dot(
            vocabularyHead.rows, indices: tokens.span, hidden: outputs, slots: rows.span,
            into: &logits)
    }

    /// The output of the sentiment head for each stream's latest token.
    package func readSentiment(
        slots: [Int32], states: borrowing StateSlab, into readings: inout [SentimentReading]
    ) {
        unsafe withOutputs(slots, states) { unsafe readSentiment($0, $1, into: &readings) }
    }

    /// The same for tokens of the latest step, by their rows.
    package func readSentiment(rows: [Int32], into readings: inout [SentimentReading]) {
        unsafe memory.withRows { unsafe readSentiment($0.outputs, rows, into: &readings) }
    }

    private func readSentiment(
        _ outputs: RowView, _ rows: [Int32], into readings: inout [SentimentReading]
    ) {
        guard let sentiment = network.sentiment else {
            preconditionFailure("a network without a sentiment head")
        }
        readings.resize(to: rows.count, with: SentimentReading())
        var numbers = [Float](repeating: 0, count: rows.count)
        func find(_ row: Int32) {
            let indices = [Int32](repeating: row, count: rows.count)
            unsafe kernels.dot(
                sentiment.weight, indices: indices.span, hidden: outputs, slots: rows.span,
                into: &numbers)
        }
        guard sentiment.pooling == .gated else {
            find(0)
            for row in rows.indices { readings[row] = SentimentReading(logit: numbers[row]) }
            return
        }
        find(1)
        kernels.sigmoid(&numbers)
        for row in rows.indices { readings[row].gate = numbers[row] }
        find(0)
        for row in rows.indices { readings[row].evidence = numbers[row] * readings[row].gate }
    }

    /// All logits `[V]` of one stream.
    package func logits(slot: Int32, states: borrowing StateSlab) -> [Float] {
        unsafe withOutputs([slot], states) { outputs, rows in
            unsafe kernels.logits(vocabularyHead.weights, hidden: outputs, slot: rows[0])
        }
    }

    private var vocabularyHead: VocabularyHead {
        guard let head = network.head else {
            preconditionFailure("a network without a vocabulary head")
        }
        return head
    }
}
