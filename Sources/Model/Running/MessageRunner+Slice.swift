import Kernels

// `unsafe`: row views are used inside the closures that lend their memory, and none is stored.

/// One slice of messages in the same layer and direction.
extension MessageRunner {
    /// Advances each message by up to `most` tokens.
    func read(_ messages: [WholeMessage], _ pass: WholeMessage.Pass, atMost most: Int) {
        let slice = MessageSlice(messages, atMost: most)
        var isFinite = [Bool](repeating: true, count: slice.chunk.count)
        unsafe rows.withRows { rows in
            unsafe advance(slice, pass, rows, &isFinite)
            for row in slice.rows { unsafe keep(row, pass, rows) }
            let isWhole = pass.isReverse && pass.layer > 0
            if isWhole, network.config.skip.mixesOutputs { unsafe mix(slice, pass.layer, rows) }
        }
        for row in slice.rows where !isFinite[row.number] { row.message.isFinite = false }
        for (message, count) in zip(messages, slice.counts) { message.position += count }
    }

    /// Advances the layer's cell over the slice. h is written to `hidden`.
    private func advance(
        _ slice: MessageSlice, _ pass: WholeMessage.Pass, _ rows: SliceViews,
        _ isFinite: inout [Bool]
    ) {
        let layer = (pass.isReverse ? network.reverseLayers : network.layers)[pass.layer]
        func advance(_ input: LayerInput, _ indices: [Int32]) {
            unsafe layer.advance(
                input, indices: indices, chunk: slice.chunk, states: &states,
                output: rows.hidden, products: rows.products, kernels: kernels,
                workspace: &workspace, isFinite: &isFinite)
        }
        if pass.layer == 0 {
            unsafe network.withTokenRows(isReverse: pass.isReverse) {
                unsafe advance($0, slice.chunk.tokens)
            }
        } else {
            for row in slice.rows { unsafe fetchInput(row, pass.layer, rows) }
            unsafe advance(.values(rows.inputs), slice.rowNumbers)
        }
    }

    private func fetchInput(_ row: MessageSlice.Row, _ layer: Int, _ rows: SliceViews) {
        let columns = row.message.memory.input(ofLayer: layer)
        unsafe row.message.memory.withRows {
            unsafe rows.inputs.write($0, row: row.token, columns: columns, to: row.number)
        }
    }

    /// Writes h into its half of the layer's output.
    private func keep(_ row: MessageSlice.Row, _ pass: WholeMessage.Pass, _ rows: SliceViews) {
        let (message, config) = (row.message, network.config)
        let start = message.memory.output(ofLayer: pass.layer).lowerBound
        unsafe message.memory.withRows { values in
            if pass == WholeMessage.Pass(), config.skip == .dense {
                unsafe network.embedding.weight.withRows {
                    unsafe values.write(
                        $0, row: Int(message.tokens[row.token]),
                        columns: 0..<config.embeddingSize, to: row.token)
                }
            }
            unsafe values.write(
                rows.hidden, row: row.number, columns: 0..<config.hiddenSize, to: row.token,
                at: start + (pass.isReverse ? config.hiddenSize : 0))
        }
    }

    /// Computes y from both halves of h and the layer's input.
    private func mix(_ slice: MessageSlice, _ layer: Int, _ rows: SliceViews) {
        for row in slice.rows {
            let output = row.message.memory.output(ofLayer: layer)
            unsafe row.message.memory.withRows {
                unsafe rows.joined.write($0, row: row.token, columns: output, to: row.number)
            }
        }
        unsafe network.skips.mix(
            layer: layer, hidden: rows.joined, slots: slice.rowNumbers, into: rows.inputs,
            kernels: kernels, workspace: &workspace)
        for row in slice.rows {
            let output = row.message.memory.output(ofLayer: layer)
            unsafe row.message.memory.withRows { values in
                unsafe values.write(
                    rows.inputs, row: row.number, columns: 0..<output.count, to: row.token,
                    at: output.lowerBound)
            }
        }
    }
}
