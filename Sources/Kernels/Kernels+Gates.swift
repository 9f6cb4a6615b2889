internal import CKernels

// `unsafe`: pointers and views are passed to C inside the closures that lend them, after their
// bounds have been checked.

/// The gates of a layer in a step, for reports and replay. `advance` does not keep them.
extension Kernels {
    /// The gates of one step of one row, `[G][H]`: i, f, g, o of an LSTM, r, z, n of a GRU, the new
    /// h of an RNN. h is the state before the step and is not changed.
    ///
    /// Sums and activations are computed as in `advance`, so h and c follow from the gates bit for
    /// bit, by the equations beside the cells.
    @unsafe package func gates(
        _ weights: RecurrentWeights, input: LayerInput, inputIndex: Int32, hidden: RowView,
        slot: Int32
    ) -> [[Float]] {
        let slots = [slot]
        unsafe hidden.check(slots.span, width: weights.paddedHiddenSize)
        let h = unsafe Array(
            UnsafeBufferPointer(
                start: hidden.base + Int(slot) * hidden.stride, count: weights.paddedHiddenSize))
        let inputSums = unsafe inputSums(weights, input, inputIndex)
        var gates: [[Float]] = []
        unsafe weights.withCLayer { layer in
            var sums = unsafe GateSums(table: table, layer: layer.pointee, sums: inputSums)
            gates = unsafe sums.gates(weights.cell, h: h, kernels: self)
        }
        return gates.map { Array($0.prefix(weights.hiddenSize)) }
    }

    /// W_i x of all gates, `[H/16][G][16]`.
    private func inputSums(
        _ weights: RecurrentWeights, _ input: LayerInput, _ index: Int32
    ) -> [Float] {
        let indices = [index]
        switch unsafe input {
        case .products(let rows):
            unsafe rows.check(indices.span, width: weights.productSize)
            let row = unsafe rows.base + Int(index) * rows.stride
            return unsafe Array(UnsafeBufferPointer(start: row, count: weights.productSize))
        case .values(let rows):
            unsafe rows.check(indices.span, width: weights.paddedInputSize)
            var packed = [Float](repeating: 0, count: weights.paddedInputSize)
            var sums = [Float](repeating: 0, count: weights.productSize)
            unsafe indices.withUnsafeBufferPointer { indices in
                unsafe weights.withCLayer { layer in
                    unsafe table.pointee.layer_input_products(
                        layer, rows.cRows(indices), 1, &packed, &sums, weights.productSize)
                }
            }
            return sums
        }
    }
}

/// The sums and activations of a layer's gates for one row. Sizes are padded.
@unsafe private struct GateSums {
    let table: UnsafePointer<sluice_kernels>
    let layer: sluice_layer
    /// `[H/16][G][16]`: W_i x, later W_i x + W_h h.
    var sums: [Float]

    private var groups: Int { unsafe layer.hidden_size / Kernels.lanes }
    private var gateCount: Int { unsafe sums.count / layer.hidden_size }
    /// Floats of one gate's panels in one group.
    private var panelSize: Int { unsafe (layer.input_size + layer.hidden_size) * Kernels.lanes }

    mutating func gates(_ cell: RecurrentCell, h: [Float], kernels: Kernels) -> [[Float]] {
        switch cell {
        case .lstm: unsafe lstm(h, kernels)
        case .gruResetAfter: unsafe gruResetAfter(h, kernels)
        case .gruResetBefore: unsafe gruResetBefore(h, kernels)
        case .rnnTanh, .rnnReLU: unsafe rnn(h, kernels, relu: cell == .rnnReLU)
        }
    }

    // i = sigmoid(W_ii x + b_ii + W_hi h + b_hi), f and o alike, g = tanh(the same)
    private mutating func lstm(_ h: [Float], _ kernels: Kernels) -> [[Float]] {
        unsafe addHidden(h, passGates: 4, gates: 0..<4, to: 0)
        return (0..<4).map { gate in
            var values = unsafe biased(gate, bias: gate, of: 4)
            if gate == 2 { kernels.tanh(&values) } else { kernels.sigmoid(&values) }
            return values
        }
    }

    // r = sigmoid(W_ir x + b_ir + W_hr h + b_hr), z alike; n = tanh(W_in x + b_in + r (W_hn h +
    // b_hn))
    private mutating func gruResetAfter(_ h: [Float], _ kernels: Kernels) -> [[Float]] {
        unsafe addHidden(h, passGates: 3, gates: 0..<2, to: 0)
        let (r, z) = unsafe sigmoids(of: 4, kernels)
        var n = unsafe biased(2, bias: 2, of: 4)
        unsafe clear(gate: 2)
        unsafe addHidden(h, passGates: 3, gates: 2..<3, to: 2)
        let hidden = unsafe biased(2, bias: 3, of: 4)
        for unit in n.indices { n[unit].addProduct(r[unit], hidden[unit]) }
        kernels.tanh(&n)
        return [r, z, n]
    }

    // Cho et al. 2014: r and z as above; n = tanh(W_in x + b_in + W_hn (r h) + b_hn)
    private mutating func gruResetBefore(_ h: [Float], _ kernels: Kernels) -> [[Float]] {
        unsafe addHidden(h, passGates: 2, gates: 0..<2, to: 0)
        let (r, z) = unsafe sigmoids(of: 3, kernels)
        let resetH = zip(r, h).map { $0 * $1 }
        let first = unsafe groups * 2 * panelSize
        unsafe addHidden(resetH, from: first, passGates: 1, gates: 0..<1, to: 2)
        var n = unsafe biased(2, bias: 2, of: 3)
        kernels.tanh(&n)
        return [r, z, n]
    }

    // h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or max(0, the same)
    private mutating func rnn(_ h: [Float], _ kernels: Kernels, relu: Bool) -> [[Float]] {
        unsafe addHidden(h, passGates: 1, gates: 0..<1, to: 0)
        var values = unsafe biased(0, bias: 0, of: 1)
        if relu { values = values.map { 0 > $0 ? 0 : $0 } } else { kernels.tanh(&values) }
        return [values]
    }

    private func sigmoids(of biases: Int, _ kernels: Kernels) -> (r: [Float], z: [Float]) {
        var (r, z) = unsafe (biased(0, bias: 0, of: biases), biased(1, bias: 1, of: biases))
        kernels.sigmoid(&r)
        kernels.sigmoid(&z)
        return (r, z)
    }

    /// Continues the fma chains of the gates from `column` with W_h h. Each group contains the
    /// panels of `passGates` gates, beginning at float `first` of the weights.
    private mutating func addHidden(
        _ h: [Float], from first: Int = 0, passGates: Int, gates: Range<Int>, to column: Int
    ) {
        let (K, H) = unsafe (layer.input_size, layer.hidden_size)
        let start = first + (passGates * K + gates.lowerBound * H) * Kernels.lanes
        let (stride, width) = unsafe (passGates * panelSize, gateCount * Kernels.lanes)
        for group in unsafe 0..<groups {
            unsafe sums.withUnsafeMutableBufferPointer { sums in
                guard let base = sums.baseAddress else { return }
                unsafe table.pointee.product(
                    h, 1, H, layer.weights + start + group * stride, gates.count, true,
                    base + group * width + column * Kernels.lanes, width)
            }
        }
    }

    private mutating func clear(gate: Int) {
        for unit in unsafe 0..<layer.hidden_size {
            unsafe sums[index(gate, unit, of: gateCount)] = 0
        }
    }

    /// `[H]`: one gate's sums with one of the `count` biases of each unit.
    private func biased(_ gate: Int, bias: Int, of count: Int) -> [Float] {
        unsafe (0..<layer.hidden_size).map { unit in
            unsafe sums[index(gate, unit, of: gateCount)]
                + layer.bias[index(bias, unit, of: count)]
        }
    }

    /// The index of a unit in `[H/16][count][16]`.
    private func index(_ column: Int, _ unit: Int, of count: Int) -> Int {
        let (group, lane) = unit.quotientAndRemainder(dividingBy: Kernels.lanes)
        return (group * count + column) * Kernels.lanes + lane
    }
}
