internal import Glibc

/// Double precision in plain loops: slow; it serves to check single precision.
extension Double: TrainingScalar {
    package typealias Weights = DoubleWeights

    package static func sigmoid(_ values: Row<Double>) {
        for i in 0..<values.count { values[i] = 1 / (1 + Glibc.exp(-values[i])) }
    }

    package static func tanh(_ values: Row<Double>) {
        for i in 0..<values.count { values[i] = Glibc.tanh(values[i]) }
    }

    package static func exp(_ values: Row<Double>) {
        for i in 0..<values.count { values[i] = Glibc.exp(values[i]) }
    }

    package static func log(_ value: Double) -> Double { Glibc.log(value) }

    package static func addOuterProducts(
        of d: Matrix<Double>, _ x: Matrix<Double>, rows: Range<Int>, columns: Range<Int>,
        first: Int, to gradient: Matrix<Double>, scratch: ScratchBuffers<Double>
    ) {
        guard !columns.isEmpty else { return }
        for row in rows {
            let (factors, input) = (d.row(row - first), x.row(row))
            for column in columns where factors[column] != 0 {
                let (factor, target) = (factors[column], gradient.row(column))
                for k in 0..<input.count { target[k] += factor * input[k] }
            }
        }
    }
}

package final class DoubleWeights: PackedWeights {
    private let weight: Matrix<Double>

    package init(rows: Int, columns: Int) {
        weight = Matrix(rows: rows, columns: columns)
    }

    package func pack(_ weight: Matrix<Double>, from first: Int, rows: Range<Int>) {
        for row in rows { self.weight.row(row).copy(weight.row(first + row)) }
    }

    package func packTransposed(_ weight: Matrix<Double>, from first: Int, columns: Range<Int>) {}

    package func multiplyTransposed(
        _ x: Matrix<Double>, rows: Range<Int>, outputs: Range<Int>, continuing: Bool,
        into y: RowBlock<Double>, scratch: ScratchBuffers<Double>
    ) {
        for row in rows {
            let (input, target) = (x.row(row), y.matrix.row(y.first + row - rows.lowerBound))
            for output in outputs {
                let (w, at) = (weight.row(output), y.column + output - outputs.lowerBound)
                var sum = continuing ? target[at] : 0
                for k in 0..<w.count { sum += input[k] * w[k] }
                target[at] = sum
            }
        }
    }

    package func multiply(
        _ d: Matrix<Double>, rows: Range<Int>, column: Int, continuing: Bool,
        into y: RowBlock<Double>, scratch: ScratchBuffers<Double>
    ) {
        for row in rows {
            let target = y.matrix.row(y.first + row - rows.lowerBound).part(
                y.column, weight.columns)
            if !continuing { target.fill(0) }
            for n in 0..<weight.rows {
                let (factor, w) = (d.row(row)[column + n], weight.row(n))
                if factor == 0 { continue }
                for k in 0..<w.count { target[k] += factor * w[k] }
            }
        }
    }
}
