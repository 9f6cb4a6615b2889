import Kernels

/// Several tokens of each stream in one step, layer after layer: of the weights only those of the
/// recurrences are read once for every token, all others once for the whole chunk.
extension NetworkRunner {
    /// Reads the tokens of a chunk, of at most `maxBatch` rows, and keeps the last layer's y after
    /// each of them. h and c change in place, to the same bits as token by token.
    ///
    /// `isFinite` then tells of each row whether the token left its stream's state finite. A stream
    /// stays as its first token that did not has left it; what the rows after that hold means
    /// nothing.
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

    /// Reads a chunk, layer after layer; clears `isFinite` of rows that leave a state not finite.
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

    /// Puts every stream whose state is no longer finite back to where it first was not.
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
