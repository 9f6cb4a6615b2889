internal import Kernels

/// One direction of a recurrent layer, unrolled over a mini-batch: the activations that the
/// backward pass needs, and the gradients.
///
/// Every matrix has a row for each step of each lane. Lanes are independent, so threads divide
/// them. Within a lane the steps are sequential, in reverse for the reverse direction.
final class RecurrentDirection<Scalar: TrainingScalar>: Sendable {
    let weights: DirectionWeights<Scalar>
    let isReverse: Bool
    /// `[rows, H]` each
    let hidden: Matrix<Scalar>
    let previousHidden: Matrix<Scalar>
    let cell: Matrix<Scalar>
    let previousCell: Matrix<Scalar>
    let tanhCell: Matrix<Scalar>
    let candidate: Matrix<Scalar>
    /// `[rows, G*H]`
    let gates: Matrix<Scalar>
    /// `[lanes, H]`: the state before the mini-batch; after `carryState`, the state after it.
    let initialHidden: Matrix<Scalar>
    let initialCell: Matrix<Scalar>

    /// `[rows, H]`: gradients with respect to h and c. A row is complete when the backward pass
    /// reaches its step.
    let hiddenGradient: Matrix<Scalar>
    let cellGradient: Matrix<Scalar>
    let gatesGradient: Matrix<Scalar>
    let hiddenGatesGradient: Matrix<Scalar>
    /// `[lanes, H]`: gradients of the current step with respect to the previous h, and to r * h.
    let carriedGradient: Matrix<Scalar>
    let candidateGradient: Matrix<Scalar>
    /// H padded
    var size: Int { weights.size }

    init(weights: DirectionWeights<Scalar>, isReverse: Bool, shape: BatchShape) {
        self.weights = weights
        self.isReverse = isReverse
        let size = weights.size
        func matrix(_ needed: Bool = true, lanes: Bool = false, blocks: Int = 1) -> Matrix<Scalar> {
            Matrix(rows: needed ? (lanes ? shape.lanes : shape.rows) : 0, columns: blocks * size)
        }
        let (lstm, gru) = (weights.cell == .lstm, weights.packedCandidate != nil)
        let resetAfter = weights.cell == .gruResetAfter
        hidden = matrix()
        previousHidden = matrix()
        cell = matrix(lstm)
        previousCell = matrix(lstm)
        tanhCell = matrix(lstm)
        candidate = matrix(resetAfter || gru)
        gates = matrix(blocks: weights.cell.gates)
        initialHidden = matrix(lanes: true)
        initialCell = matrix(lstm, lanes: true)
        hiddenGradient = matrix()
        cellGradient = matrix(lstm)
        gatesGradient = matrix(blocks: weights.cell.gates)
        hiddenGatesGradient = matrix(resetAfter, blocks: 3)
        carriedGradient = matrix(lanes: true)
        candidateGradient = matrix(gru, lanes: true)
    }

    /// The previous step in the direction of reading; nil at the first.
    func stepBefore(_ step: Int, of steps: Int) -> Int? {
        let before = isReverse ? step + 1 : step - 1
        return (0..<steps).contains(before) ? before : nil
    }

    /// The last step in the direction of reading.
    func lastStep(of steps: Int) -> Int { isReverse ? 0 : steps - 1 }

    func rows(at row: Int) -> CellRows<Scalar> {
        func part(_ matrix: Matrix<Scalar>) -> Row<Scalar> {
            matrix.row(matrix.rows == 0 ? 0 : row, count: matrix.rows == 0 ? 0 : 1)
        }
        return CellRows(
            gates: gates.row(row), bias: weights.bias.row(0),
            previousHidden: previousHidden.row(row), hidden: hidden.row(row),
            previousCell: part(previousCell), cell: part(cell), tanhCell: part(tanhCell),
            candidate: part(candidate))
    }
}
