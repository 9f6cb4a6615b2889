internal import Kernels

/// The forward pass.
extension RecurrentDirection {
    /// Computes `hidden` from `input [rows, K]`, beginning with the initial state, or with zeros
    /// where a text begins.
    func forward(_ input: Matrix<Scalar>, _ batch: MiniBatch, _ workers: Workers<Scalar>) {
        workers.pool.parallelFor(batch.shape.rows, grain: 6) { rows, worker in
            weights.packedInput.multiplyTransposed(
                input, rows: rows, outputs: 0..<gates.columns, continuing: false,
                into: RowBlock(gates, first: rows.lowerBound), scratch: workers.scratch[worker])
        }
        workers.pool.parallelFor(batch.shape.lanes, grain: 6) { lanes, worker in
            for index in 0..<batch.shape.steps {
                let step = isReverse ? batch.shape.steps - 1 - index : index
                forward(step, lanes, batch, workers.scratch[worker])
            }
        }
    }

    /// One step of adjacent lanes.
    private func forward(
        _ step: Int, _ lanes: Range<Int>, _ batch: MiniBatch, _ scratch: ScratchBuffers<Scalar>
    ) {
        let first = batch.shape.row(step, lanes.lowerBound)
        let rows = first..<first + lanes.count
        for lane in lanes { takeState(step, lane, batch) }
        switch weights.cell {
        case .lstm:
            multiply(rows, outputs: 0..<4 * size, scratch)
            for row in rows { LSTMCell.forward(self.rows(at: row)) }
        case .gruResetAfter:
            multiply(rows, outputs: 0..<2 * size, scratch)
            weights.packedHidden.multiplyTransposed(
                previousHidden, rows: rows, outputs: 2 * size..<3 * size, continuing: false,
                into: RowBlock(candidate, first: first), scratch: scratch)
            for row in rows { GRUCell.forwardResetAfter(self.rows(at: row)) }
        case .gruResetBefore:
            multiply(rows, outputs: 0..<2 * size, scratch)
            for row in rows { GRUCell.forwardResetBefore(self.rows(at: row)) }
            weights.packedCandidate?.multiplyTransposed(
                candidate, rows: rows, outputs: 0..<size, continuing: true,
                into: RowBlock(gates, first: first, column: 2 * size), scratch: scratch)
            for row in rows { GRUCell.finishResetBefore(self.rows(at: row)) }
        case .rnnTanh, .rnnReLU:
            multiply(rows, outputs: 0..<size, scratch)
            let relu = weights.cell == .rnnReLU
            for row in rows { ElmanCell.forward(self.rows(at: row), relu: relu) }
        }
    }

    /// Adds W_h h to the sums of some gates.
    private func multiply(
        _ rows: Range<Int>, outputs: Range<Int>, _ scratch: ScratchBuffers<Scalar>
    ) {
        weights.packedHidden.multiplyTransposed(
            previousHidden, rows: rows, outputs: outputs, continuing: true,
            into: RowBlock(gates, first: rows.lowerBound), scratch: scratch)
    }

    /// Copies the previous state: that of the previous step, the initial state, or zeros where a
    /// text begins.
    private func takeState(_ step: Int, _ lane: Int, _ batch: MiniBatch) {
        let row = batch.shape.row(step, lane)
        let hasCell = cell.rows > 0
        if batch.begins(row, isReverse: isReverse) {
            previousHidden.row(row).fill(0)
            if hasCell { previousCell.row(row).fill(0) }
        } else if let before = stepBefore(step, of: batch.shape.steps) {
            let rowBefore = batch.shape.row(before, lane)
            previousHidden.row(row).copy(hidden.row(rowBefore))
            if hasCell { previousCell.row(row).copy(cell.row(rowBefore)) }
        } else {
            previousHidden.row(row).copy(initialHidden.row(lane))
            if hasCell { previousCell.row(row).copy(initialCell.row(lane)) }
        }
    }

    /// Carries the final state over to the next mini-batch.
    func carryState(_ shape: BatchShape) {
        for lane in 0..<shape.lanes {
            let row = shape.row(lastStep(of: shape.steps), lane)
            initialHidden.row(lane).copy(hidden.row(row))
            if cell.rows > 0 { initialCell.row(lane).copy(cell.row(row)) }
        }
    }

    func clearState() {
        initialHidden.all.fill(0)
        initialCell.all.fill(0)
    }
}
