internal import Kernels
package import Model

/// A trained tensor: its values and the gradient of the loss with respect to them.
///
/// Both have the layout of the kernels: each dimension consists of segments (the gates of a layer,
/// the parts of a layer's input), each padded with zeros to a multiple of 16. Gradients of padding
/// are zero, so padding stays zero. A vector is one row.
package final class Parameter<Scalar: TrainingScalar>: Sendable {
    package let spec: TensorSpec
    package let value: Matrix<Scalar>
    package let gradient: Matrix<Scalar>
    private let rowPlaces: [Int]
    private let columnPlaces: [Int]

    package var name: String { spec.name }
    /// Whether it is a matrix. Weight decay applies to matrices, not to biases.
    package var isMatrix: Bool { spec.shape.count > 1 }

    init(_ spec: TensorSpec, rows: [Int]? = nil, columns: [Int]) {
        self.spec = spec
        let (rowPlaces, paddedRows) = rows.map(Self.places) ?? ([0], 1)
        let (columnPlaces, paddedColumns) = Self.places(columns)
        precondition(rowPlaces.count * columnPlaces.count == spec.count, "segments of \(spec.name)")
        self.rowPlaces = rowPlaces
        self.columnPlaces = columnPlaces
        value = Matrix(rows: paddedRows, columns: paddedColumns)
        gradient = Matrix(rows: paddedRows, columns: paddedColumns)
    }

    /// The position of each index of a dimension in its padded segments, and the padded size.
    private static func places(_ segments: [Int]) -> ([Int], Int) {
        var places: [Int] = []
        var start = 0
        for segment in segments {
            places += start..<start + segment
            start += Kernels.paddedSize(segment)
        }
        return (places, start)
    }

    /// Row-major without padding, as in a file.
    package var values: [Scalar] {
        get { read(value) }
        set { write(newValue, to: value) }
    }

    package var gradients: [Scalar] { read(gradient) }

    /// The values of any matrix with this parameter's layout, such as an optimiser's moments.
    package func read(_ matrix: Matrix<Scalar>) -> [Scalar] {
        precondition(hasLayout(of: matrix), "a matrix of another layout than \(spec.name)")
        return rowPlaces.flatMap { row in
            let row = matrix.row(row)
            return columnPlaces.map { row[$0] }
        }
    }

    package func write(_ values: [Scalar], to matrix: Matrix<Scalar>) {
        precondition(values.count == spec.count, "values of \(spec.name)")
        precondition(hasLayout(of: matrix), "a matrix of another layout than \(spec.name)")
        var index = 0
        for row in rowPlaces {
            let row = matrix.row(row)
            for column in columnPlaces {
                row[column] = values[index]
                index += 1
            }
        }
    }

    private func hasLayout(of matrix: Matrix<Scalar>) -> Bool {
        matrix.rows == value.rows && matrix.columns == value.columns
    }

    /// A matrix of zeros of the same layout.
    package func zeros() -> Matrix<Scalar> { Matrix(rows: value.rows, columns: value.columns) }
}
