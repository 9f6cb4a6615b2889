/// The forward pass.
extension RecurrentDirection {
    /// Reads `input [rows, K]` from the initial state on, or from zero where a text begins, and
    /// fills `hidden`.
    func forward(_ input: Matrix<Scalar>, _ window: WindowPlan, _ workers: Workers<Scalar>) {
        workers.team.split(window.shape.rows, grain: 6) { rows, worker in
            weights.packedInput.multiplyTransposed(
                input, rows: rows, outputs: 0..<gates.columns, continuing: false,
                into: RowBlock(gates, first: rows.lowerBound), scratch: workers.scratch[worker])
        }
        workers.team.split(window.shape.lanes, grain: 6) { lanes, worker in
            for index in 0..<window.shape.steps {
                let step = isReverse ? window.shape.steps - 1 - index : index
                forward(step, lanes, window, workers.scratch[worker])
            }
        }
    }

    /// One step of some lanes, whose rows are adjacent.
    private func forward(
        _ step: Int, _ lanes: Range<Int>, _ window: WindowPlan, _ scratch: Scratch<Scalar>
    ) {
        let first = window.shape.row(step, lanes.lowerBound)
        let rows = first..<first + lanes.count
        for lane in lanes { takeState(step, lane, window) }
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

    /// Adds the hidden state's products to the sums of some gates.
    private func multiply(_ rows: Range<Int>, outputs: Range<Int>, _ scratch: Scratch<Scalar>) {
        weights.packedHidden.multiplyTransposed(
            previousHidden, rows: rows, outputs: outputs, continuing: true,
            into: RowBlock(gates, first: rows.lowerBound), scratch: scratch)
    }

    /// What the step before left, what the window began with, or zero where a text begins.
    private func takeState(_ step: Int, _ lane: Int, _ window: WindowPlan) {
        let row = window.shape.row(step, lane)
        let hasCell = cell.rows > 0
        if window.begins(row, isReverse: isReverse) {
            previousHidden.row(row).fill(0)
            if hasCell { previousCell.row(row).fill(0) }
        } else if let before = stepBefore(step, of: window.shape.steps) {
            let rowBefore = window.shape.row(before, lane)
            previousHidden.row(row).copy(hidden.row(rowBefore))
            if hasCell { previousCell.row(row).copy(cell.row(rowBefore)) }
        } else {
            previousHidden.row(row).copy(initialHidden.row(lane))
            if hasCell { previousCell.row(row).copy(initialCell.row(lane)) }
        }
    }

    /// Makes the state after the window the one before the next.
    func carryState(_ shape: WindowShape) {
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
