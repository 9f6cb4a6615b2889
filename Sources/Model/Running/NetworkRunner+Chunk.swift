import Kernels

// `unsafe`: row views are used inside the closures that lend their memory, and none is stored.

/// Several tokens of each stream in one step, layer by layer. Only the recurrent weights are read
/// once per token; all others are read once per chunk.
extension NetworkRunner {
    /// Reads a chunk of at most `maxBatch` rows and keeps the last layer's y after each token. h
    /// and c are updated in place, with the same bits as token by token.
    ///
    /// `isFinite` then tells for each row whether the stream's state is finite after the token. A
    /// stream stops at its first token after which it is not; its later rows are undefined.
    package func advance(_ chunk: TokenChunk, states: inout StateSlab) {
        precondition(chunk.count <= maxBatch)
        guard chunk.positions > 1 else {
            advance(tokens: chunk.tokens, slots: chunk.slots, states: &states)
            return areFinite(slots: chunk.slots, states: states, into: &isFinite)
        }
        let before = chunk.streams.indices.map { states.values(slot: chunk.slots[$0]) }
        isFinite = Array(repeating: true, count: chunk.count)
        advanceLayers(chunk, states: &states)
        if isFinite.contains(false) { stopAtNonFinite(chunk, from: before, states: &states) }
    }

    /// Reads a chunk, layer by layer. Clears `isFinite` of rows after which a state is not finite.
    private func advanceLayers(_ chunk: TokenChunk, states: inout StateSlab) {
        precondition(states.layout == network.stateLayout, "states of another network")
        unsafe memory.withRows { rows in
            unsafe passThrough(chunk.tokens, rows) { layer, input, indices, output in
                unsafe layer.advance(
                    input, indices: indices, chunk: chunk, states: &states, output: output,
                    products: rows.products, kernels: kernels, workspace: &workspace,
                    isFinite: &isFinite)
            }
        }
    }

    /// Resets every stream whose state is not finite to the first token where that happened.
    private func stopAtNonFinite(
        _ chunk: TokenChunk, from before: [[Float]], states: inout StateSlab
    ) {
        for (stream, values) in zip(chunk.streams, before) {
            let rows = chunk.rows[stream].map { Int($0) }
            guard let bad = rows.firstIndex(where: { !isFinite[$0] }), bad + 1 < rows.count
            else { continue }
            let slot = chunk.slots[rows[0]]
            states.setValues(values, slot: slot)
            for row in rows[...bad] {
                advance(
                    tokens: [chunk.tokens[row]], slots: [slot], states: &states,
                    firstRow: rows[bad])
            }
            for row in rows[bad...] { isFinite[row] = false }
        }
    }
}
