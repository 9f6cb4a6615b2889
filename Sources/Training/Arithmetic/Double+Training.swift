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
        for row in rows {
            for column in columns {
                let factor = d.row(row - first)[column]
                if factor == 0 { continue }
                let target = gradient.row(column)
                for k in 0..<x.columns { target[k] += factor * x.row(row)[k] }
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
            let target = y.matrix.row(y.first + row - rows.lowerBound)
            for output in outputs {
                let at = y.column + output - outputs.lowerBound
                var sum = continuing ? target[at] : 0
                for k in 0..<weight.columns { sum += x.row(row)[k] * weight.row(output)[k] }
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
                let factor = d.row(row)[column + n]
                if factor == 0 { continue }
                for k in 0..<weight.columns { target[k] += factor * weight.row(n)[k] }
            }
        }
    }
}
