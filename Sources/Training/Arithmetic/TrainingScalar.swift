/// A precision of training: single, with the kernels that also serve models; or double, in plain
/// loops, to check gradients.
package protocol TrainingScalar: BinaryFloatingPoint, SIMDScalar, Sendable, Codable {
    associatedtype Weights: PackedWeights<Self>

    /// Elementwise in place.
    static func sigmoid(_ values: Row<Self>)
    static func tanh(_ values: Row<Self>)
    static func exp(_ values: Row<Self>)
    /// Natural logarithm.
    static func log(_ value: Self) -> Self

    /// Adds dᵀ x to rows `columns` of `gradient [N, K]`, for `d [M, N]` and `x [M, K]`. Each
    /// element is one fma chain in the order of the rows. Row `first` of x belongs to row 0 of d.
    static func addOuterProducts(
        of d: Matrix<Self>, _ x: Matrix<Self>, rows: Range<Int>, columns: Range<Int>, first: Int,
        to gradient: Matrix<Self>, scratch: ScratchBuffers<Self>)
}

/// A weight matrix `[N, K]` in the layouts that products read. Both sizes are multiples of 16.
package protocol PackedWeights<Scalar>: AnyObject, Sendable {
    associatedtype Scalar: TrainingScalar

    init(rows: Int, columns: Int)

    /// Copies rows (multiples of 16) of W, which begins at row `first` of a matrix, for
    /// `multiplyTransposed`.
    func pack(_ weight: Matrix<Scalar>, from first: Int, rows: Range<Int>)

    /// Copies columns (multiples of 16) of W for `multiply`.
    func packTransposed(_ weight: Matrix<Scalar>, from first: Int, columns: Range<Int>)

    /// `y [M, N]` = `x [M, K]` Wᵀ for `rows` of both; with `continuing` y + x Wᵀ. `outputs` are the
    /// columns of y to compute, multiples of 16.
    func multiplyTransposed(
        _ x: Matrix<Scalar>, rows: Range<Int>, outputs: Range<Int>, continuing: Bool,
        into y: RowBlock<Scalar>, scratch: ScratchBuffers<Scalar>)

    /// `y [M, K]` = `d [M, N]` W for `rows` of both; with `continuing` y + d W. d begins at column
    /// `column` of its matrix.
    func multiply(
        _ d: Matrix<Scalar>, rows: Range<Int>, column: Int, continuing: Bool,
        into y: RowBlock<Scalar>, scratch: ScratchBuffers<Scalar>)
}

extension PackedWeights {
    /// Copies `rows` rows of W for both products, on all threads.
    func pack(_ weight: Matrix<Scalar>, from first: Int = 0, rows: Int, _ pool: ThreadPool) {
        pool.parallelFor(rows, grain: 16) { rows, _ in pack(weight, from: first, rows: rows) }
        pool.parallelFor(weight.columns, grain: 16) { columns, _ in
            packTransposed(weight, from: first, columns: columns)
        }
    }
}

/// Where the products of rows are written: the first to row `first` of a matrix, from column
/// `column`.
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
