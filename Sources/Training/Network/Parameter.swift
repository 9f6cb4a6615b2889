internal import Kernels
package import Model

/// A tensor that is trained: its values and the gradient of the loss with respect to them.
///
/// Both are laid out for the kernels: a dimension is made of segments (the gates of a layer, the
/// parts of a layer's input), each padded with zeros to a multiple of 16. Gradients of padding are
/// zero, so that it stays zero. A vector is one row.
package final class Parameter<Scalar: TrainingScalar>: Sendable {
    package let spec: TensorSpec
    package let value: Matrix<Scalar>
    package let gradient: Matrix<Scalar>
    private let rowPlaces: [Int]
    private let columnPlaces: [Int]

    package var name: String { spec.name }
    /// Whether it is a matrix: biases are not decayed.
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

    /// Where each index of a dimension stands in its padded segments, and the padded size.
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

    /// As `values`, of any matrix of this parameter's layout: an optimiser's moments, say.
    package func read(_ matrix: Matrix<Scalar>) -> [Scalar] {
        rowPlaces.flatMap { row in
            let row = matrix.row(row)
            return columnPlaces.map { row[$0] }
        }
    }

    package func write(_ values: [Scalar], to matrix: Matrix<Scalar>) {
        precondition(values.count == spec.count, "values of \(spec.name)")
        var index = 0
        for row in rowPlaces {
            let row = matrix.row(row)
            for column in columnPlaces {
                row[column] = values[index]
                index += 1
            }
        }
    }

    /// A matrix of zeros of the same layout.
    package func zeros() -> Matrix<Scalar> { Matrix(rows: value.rows, columns: value.columns) }
}
