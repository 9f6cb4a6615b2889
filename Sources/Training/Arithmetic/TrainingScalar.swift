/// A precision to train in: single, by the kernels that also serve, and double, by plain loops,
/// which is there to check gradients.
package protocol TrainingScalar: BinaryFloatingPoint, SIMDScalar, Sendable, Codable {
    associatedtype Weights: PackedWeights<Self>

    /// Elementwise in place.
    static func sigmoid(_ values: Row<Self>)
    static func tanh(_ values: Row<Self>)
    static func exp(_ values: Row<Self>)
    /// Natural logarithm.
    static func log(_ value: Self) -> Self

    /// `gradient [N, K]`, rows `columns` of it: += dᵀ x, for `d [M, N]` and `x [M, K]`, each element
    /// one chain in the order of the rows. Row `first` of x goes with row 0 of d.
    static func addOuterProducts(
        of d: Matrix<Self>, _ x: Matrix<Self>, rows: Range<Int>, columns: Range<Int>, first: Int,
        to gradient: Matrix<Self>, scratch: ScratchBuffers<Self>)
}

extension TrainingScalar {
    /// The same where d and x have rows of the same numbers.
    static func addOuterProducts(
        of d: Matrix<Self>, _ x: Matrix<Self>, rows: Range<Int>, columns: Range<Int>,
        to gradient: Matrix<Self>, scratch: ScratchBuffers<Self>
    ) {
        addOuterProducts(
            of: d, x, rows: rows, columns: columns, first: 0, to: gradient, scratch: scratch)
    }
}

/// A weight matrix `[N, K]` in the layouts that products read, both sizes multiples of 16.
package protocol PackedWeights<Scalar>: AnyObject, Sendable {
    associatedtype Scalar: TrainingScalar

    init(rows: Int, columns: Int)

    /// Takes over rows (multiples of 16) of W, which begins at row `first` of a matrix.
    func pack(_ weight: Matrix<Scalar>, from first: Int, rows: Range<Int>)

    /// The same for `multiply`, by columns (multiples of 16), all of which are taken over by rows too.
    func packTransposed(_ weight: Matrix<Scalar>, from first: Int, columns: Range<Int>)

    /// `y [M, N]` = `x [M, K]` Wᵀ, on `rows` of both, or y + x Wᵀ where it continues. `outputs` are
    /// the columns of y to compute, multiples of 16.
    func multiplyTransposed(
        _ x: Matrix<Scalar>, rows: Range<Int>, outputs: Range<Int>, continuing: Bool,
        into y: RowBlock<Scalar>, scratch: ScratchBuffers<Scalar>)

    /// `y [M, K]` = `d [M, N]` W, on `rows` of both, or y + d W where it continues. d is the columns
    /// of a matrix from `column` on.
    func multiply(
        _ d: Matrix<Scalar>, rows: Range<Int>, column: Int, continuing: Bool,
        into y: RowBlock<Scalar>, scratch: ScratchBuffers<Scalar>)
}

extension PackedWeights {
    func multiply(
        _ d: Matrix<Scalar>, rows: Range<Int>, continuing: Bool, into y: RowBlock<Scalar>,
        scratch: ScratchBuffers<Scalar>
    ) {
        multiply(d, rows: rows, column: 0, continuing: continuing, into: y, scratch: scratch)
    }
}

/// Where products of rows go: the first to row `first` of a matrix, from `column` on.
package struct RowBlock<Scalar: TrainingScalar>: Sendable {
    let matrix: Matrix<Scalar>
    let first: Int
    let column: Int

    package init(_ matrix: Matrix<Scalar>, first: Int, column: Int = 0) {
        self.matrix = matrix
        self.first = first
        self.column = column
    }
}
