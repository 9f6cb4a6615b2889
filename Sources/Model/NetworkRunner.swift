package import Kernels

/// Runs a network for batches of streams: one for each thread, with the workspace of its steps.
///
/// What it computes for a stream depends on that stream's state and tokens only: not on the batch,
/// its order, or the kernels' tier. Row b of a batch is the stream in slot `slots[b]`; no slot comes
/// twice in one batch, and a batch has at most `maxBatch` rows. After the first batch of a size
/// nothing is allocated.
package final class NetworkRunner {
    package let network: Network
    package let kernels: Kernels
    package let maxBatch: Int
    /// What the latest `predict` found.
    package private(set) var predictions = Predictions()
    private var workspace: Workspace
    /// Row 0 for every stream: the sentiment head has one.
    private let onlyRow: [Int32]

    package init(network: Network, kernels: Kernels, maxBatch: Int) {
        self.network = network
        self.kernels = kernels
        self.maxBatch = maxBatch
        onlyRow = Array(repeating: 0, count: maxBatch)
        let config = network.config
        workspace = Workspace(
            maxBatch: maxBatch, widths: [config.embeddingSize, config.hiddenSize])
    }

    /// Reads one token in each stream: embedding, then layer after layer; h and c change in place.
    package func advance(tokens: [Int32], slots: [Int32], states: inout StateSlab) {
        precondition(states.layout == network.stateLayout, "states of another network")
        unsafe network.withTokenRows { embedding in
            unsafe network.layers[0].advance(
                embedding, tokens: tokens, slots: slots, states: &states, kernels: kernels,
                workspace: &workspace)
        }
        for layer in network.layers.dropFirst() {
            layer.advance(slots: slots, states: &states, kernels: kernels, workspace: &workspace)
        }
    }

    /// Fills `predictions` with the `top` likeliest next tokens of each stream.
    package func predict(slots: [Int32], states: borrowing StateSlab, top: Int) {
        unsafe withTopHidden(states) { hidden in
            unsafe kernels.predict(
                vocabularyHead.weights, hidden: hidden, slots: slots.span, top: top,
                into: &predictions, workspace: &workspace)
        }
    }

    /// The logit of one given token for each stream, as `predict` would find it.
    package func tokenLogits(
        tokens: [Int32], slots: [Int32], states: borrowing StateSlab, into logits: inout [Float]
    ) {
        logits.resize(to: slots.count, with: 0)
        unsafe withTopHidden(states) { hidden in
            unsafe kernels.dot(
                vocabularyHead.rows, indices: tokens.span, hidden: hidden, slots: slots.span,
                into: &logits)
        }
    }

    /// The log-odds of positive sentiment for each stream.
    package func sentimentLogits(
        slots: [Int32], states: borrowing StateSlab, into logits: inout [Float]
    ) {
        guard let sentiment = network.sentiment else {
            preconditionFailure("a network without a sentiment head")
        }
        logits.resize(to: slots.count, with: 0)
        let rows = onlyRow
        unsafe withTopHidden(states) { hidden in
            unsafe kernels.dot(
                sentiment.weight, indices: rows.span.extracting(first: slots.count),
                hidden: hidden, slots: slots.span,
                into: &logits)
        }
    }

    /// All logits `[V]` of one stream.
    package func logits(slot: Int32, states: borrowing StateSlab) -> [Float] {
        unsafe withTopHidden(states) { hidden in
            unsafe kernels.logits(vocabularyHead.weights, hidden: hidden, slot: slot)
        }
    }

    /// Whether each stream's whole state is finite.
    package func areFinite(
        slots: [Int32], states: borrowing StateSlab, into results: inout [Bool]
    ) {
        results.resize(to: slots.count, with: false)
        unsafe states.withRows(layer: 0, kind: .h) { rows in
            unsafe kernels.areFinite(
                rows, slots: slots.span, width: states.layout.floatsPerStream, into: &results)
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
