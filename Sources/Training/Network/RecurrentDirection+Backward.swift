internal import Kernels

/// The backward pass: truncated back-propagation through time (Werbos 1990), to the start of the
/// mini-batch.
extension RecurrentDirection {
    /// Propagates `hiddenGradient`, the gradient with respect to h from above, through time. Adds
    /// the gradients of the weights, and of the input to `inputGradient [rows, K]`.
    func backward(
        _ input: Matrix<Scalar>, inputGradient: Matrix<Scalar>?, _ batch: MiniBatch,
        _ workers: Workers<Scalar>
    ) {
        let shape = batch.shape
        cellGradient.all.fill(0)
        workers.pool.parallelFor(shape.lanes, grain: 6) { lanes, worker in
            for index in 0..<shape.steps {
                let step = isReverse ? index : shape.steps - 1 - index
                backward(step, lanes, batch, workers.scratch[worker])
            }
        }
        if let inputGradient {
            workers.pool.parallelFor(shape.rows, grain: 6) { rows, worker in
                weights.packedInput.multiply(
                    gatesGradient, rows: rows, column: 0, continuing: true,
                    into: RowBlock(inputGradient, first: rows.lowerBound),
                    scratch: workers.scratch[worker])
            }
        }
        addWeightGradients(input, shape, workers)
    }

    private func backward(
        _ step: Int, _ lanes: Range<Int>, _ batch: MiniBatch, _ scratch: ScratchBuffers<Scalar>
    ) {
        let first = batch.shape.row(step, lanes.lowerBound)
        let rows = first..<first + lanes.count
        for (row, lane) in zip(rows, lanes) { backwardCell(row, lane) }
        let carried = RowBlock(carriedGradient, first: lanes.lowerBound)
        if let packedCandidate = weights.packedCandidate {
            multiplyCandidate(packedCandidate, rows, lanes, scratch)
            for (row, lane) in zip(rows, lanes) {
                GRUCell.backwardReset(self.rows(at: row), gradients(row, lane))
            }
        }
        let source = weights.cell == .gruResetAfter ? hiddenGatesGradient : gatesGradient
        weights.packedHidden.multiply(
            source, rows: rows, column: 0, continuing: true, into: carried, scratch: scratch)
        for lane in lanes { carry(step, lane, batch) }
    }

    private func backwardCell(_ row: Int, _ lane: Int) {
        let (rows, gradients) = (rows(at: row), gradients(row, lane))
        switch weights.cell {
        case .lstm: LSTMCell.backward(rows, gradients)
        case .gruResetAfter: GRUCell.backwardResetAfter(rows, gradients)
        case .gruResetBefore: GRUCell.backwardOutput(rows, gradients)
        case .rnnTanh: ElmanCell.backward(rows, gradients, relu: false)
        case .rnnReLU: ElmanCell.backward(rows, gradients, relu: true)
        }
    }

    private func gradients(_ row: Int, _ lane: Int) -> CellGradients<Scalar> {
        func part(_ matrix: Matrix<Scalar>, _ index: Int) -> Row<Scalar> {
            matrix.row(matrix.rows == 0 ? 0 : index, count: matrix.rows == 0 ? 0 : 1)
        }
        return CellGradients(
            hidden: hiddenGradient.row(row), cell: part(cellGradient, row),
            gates: gatesGradient.row(row), hiddenGates: part(hiddenGatesGradient, row),
            previousHidden: carriedGradient.row(lane), candidate: part(candidateGradient, lane))
    }

    /// The gradient with respect to r * h: the gradient of n's sum times W_hn.
    private func multiplyCandidate(
        _ weights: Scalar.Weights, _ rows: Range<Int>, _ lanes: Range<Int>,
        _ scratch: ScratchBuffers<Scalar>
    ) {
        weights.multiply(
            gatesGradient, rows: rows, column: 2 * size, continuing: false,
            into: RowBlock(candidateGradient, first: lanes.lowerBound), scratch: scratch)
    }

    /// Adds the gradient with respect to the previous state to the previous step.
    private func carry(_ step: Int, _ lane: Int, _ batch: MiniBatch) {
        let row = batch.shape.row(step, lane)
        guard let before = stepBefore(step, of: batch.shape.steps),
            !batch.begins(row, isReverse: isReverse)
        else { return }
        let rowBefore = batch.shape.row(before, lane)
        hiddenGradient.row(rowBefore).add(carriedGradient.row(lane))
        if cell.rows > 0 { cellGradient.row(rowBefore).copy(cellGradient.row(row)) }
    }

    private func addWeightGradients(
        _ input: Matrix<Scalar>, _ shape: BatchShape, _ workers: Workers<Scalar>
    ) {
        let rows = 0..<shape.rows
        let resetAfter = weights.cell == .gruResetAfter
        let hiddenGates = resetAfter ? hiddenGatesGradient : gatesGradient
        workers.pool.parallelFor(gates.columns, grain: 16) { columns, worker in
            let scratch = workers.scratch[worker]
            Scalar.addOuterProducts(
                of: gatesGradient, input, rows: rows, columns: columns, first: 0,
                to: weights.input.gradient, scratch: scratch)
            // GRU, reset before: n reads r * h instead of h.
            let plain = weights.packedCandidate == nil ? gates.columns : 2 * size
            Scalar.addOuterProducts(
                of: hiddenGates, previousHidden, rows: rows,
                columns: columns.clamped(to: 0..<plain), first: 0, to: weights.hidden.gradient,
                scratch: scratch)
            Scalar.addOuterProducts(
                of: hiddenGates, candidate, rows: rows,
                columns: columns.clamped(to: plain..<gates.columns), first: 0,
                to: weights.hidden.gradient, scratch: scratch)
            gatesGradient.addRows(rows, columns, to: weights.inputBias.gradient.row(0))
            hiddenGates.addRows(rows, columns, to: weights.hiddenBias.gradient.row(0))
        }
    }
}

extension Matrix {
    /// Adds rows to `sums`, in order.
    func addRows(_ rows: Range<Int>, _ columns: Range<Int>, to sums: Row<Scalar>) {
        let sums = sums.part(columns.lowerBound, columns.count)
        for row in rows { sums.add(self.row(row).part(columns.lowerBound, columns.count)) }
    }
}
