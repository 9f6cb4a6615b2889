import Kernels

/// What the heads say of states, or of the rows of the latest step.
extension NetworkRunner {
    /// Fills `predictions` with the `top` likeliest next tokens of each stream.
    package func predict(slots: [Int32], states: borrowing StateSlab, top: Int) {
        unsafe withTopHidden(states) { unsafe predict($0, slots, top: top) }
    }

    /// The same after tokens of the latest step, by their rows.
    package func predict(rows: [Int32], top: Int) {
        unsafe memory.withRows { hidden, _ in unsafe predict(hidden, rows, top: top) }
    }

    private func predict(_ hidden: RowView, _ rows: [Int32], top: Int) {
        unsafe kernels.predict(
            vocabularyHead.weights, hidden: hidden, slots: rows.span, top: top,
            into: &predictions, workspace: &workspace)
    }

    /// The logit of one given token for each stream, as `predict` would find it.
    package func tokenLogits(
        tokens: [Int32], slots: [Int32], states: borrowing StateSlab, into logits: inout [Float]
    ) {
        unsafe withTopHidden(states) { unsafe tokenLogits(tokens, $0, slots, into: &logits) }
    }

    /// The same after tokens of the latest step, by their rows.
    package func tokenLogits(tokens: [Int32], rows: [Int32], into logits: inout [Float]) {
        unsafe memory.withRows { hidden, _ in
            unsafe tokenLogits(tokens, hidden, rows, into: &logits)
        }
    }

    private func tokenLogits(
        _ tokens: [Int32], _ hidden: RowView, _ rows: [Int32], into logits: inout [Float]
    ) {
        logits.resize(to: rows.count, with: 0)
        unsafe kernels.dot(
            vocabularyHead.rows, indices: tokens.span, hidden: hidden, slots: rows.span,
            into: &logits)
    }

    /// The log-odds of positive sentiment for each stream.
    package func sentimentLogits(
        slots: [Int32], states: borrowing StateSlab, into logits: inout [Float]
    ) {
        unsafe withTopHidden(states) { unsafe sentimentLogits($0, slots, into: &logits) }
    }

    /// The same after tokens of the latest step, by their rows.
    package func sentimentLogits(rows: [Int32], into logits: inout [Float]) {
        unsafe memory.withRows { hidden, _ in
            unsafe sentimentLogits(hidden, rows, into: &logits)
        }
    }

    private func sentimentLogits(
        _ hidden: RowView, _ rows: [Int32], into logits: inout [Float]
    ) {
        guard let sentiment = network.sentiment else {
            preconditionFailure("a network without a sentiment head")
        }
        logits.resize(to: rows.count, with: 0)
        let onlyRow = onlyRow
        unsafe kernels.dot(
            sentiment.weight, indices: onlyRow.span.extracting(first: rows.count), hidden: hidden,
            slots: rows.span, into: &logits)
    }

    /// All logits `[V]` of one stream.
    package func logits(slot: Int32, states: borrowing StateSlab) -> [Float] {
        unsafe withTopHidden(states) { hidden in
            unsafe kernels.logits(vocabularyHead.weights, hidden: hidden, slot: slot)
        }
    }

    private var vocabularyHead: VocabularyHead {
        guard let head = network.head else {
            preconditionFailure("a network without a vocabulary head")
        }
        return head
    }

    /// Lends h of the last layer.
    private func withTopHidden<Result>(
        _ states: borrowing StateSlab, _ body: (RowView) -> Result
    ) -> Result {
        precondition(states.layout == network.stateLayout, "states of another network")
        return unsafe states.withRows(layer: states.layout.layers - 1, kind: .h, body)
    }
}
