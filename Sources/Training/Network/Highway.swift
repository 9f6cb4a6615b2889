/// y = t h + (1 - t) x with t = sigmoid(W x + b): Srivastava et al. 2015, equation 3.
final class Highway<Scalar: TrainingScalar>: Sendable {
    private let weight: Parameter<Scalar>
    private let bias: Parameter<Scalar>
    private let packed: Scalar.Weights
    /// `[rows, W]` each: t, the incoming h, and the gradient with respect to the sums of t.
    private let gate: Matrix<Scalar>
    private let hidden: Matrix<Scalar>
    private let gateGradient: Matrix<Scalar>

    init(layer: Int, parameters: ParameterSet<Scalar>, rows: Int) {
        weight = parameters["highway.weight_l\(layer)"]
        bias = parameters["highway.bias_l\(layer)"]
        let width = weight.value.columns
        packed = Scalar.Weights(rows: width, columns: width)
        gate = Matrix(rows: rows, columns: width)
        hidden = Matrix(rows: rows, columns: width)
        gateGradient = Matrix(rows: rows, columns: width)
    }

    func pack(_ pool: ThreadPool) { packed.pack(weight.value, rows: weight.value.rows, pool) }

    func forward(
        _ input: Matrix<Scalar>, _ output: Matrix<Scalar>, _ rows: Int, _ workers: Workers<Scalar>
    ) {
        workers.pool.parallelFor(rows, grain: 6) { rows, worker in
            packed.multiplyTransposed(
                input, rows: rows, outputs: 0..<gate.columns, continuing: false,
                into: RowBlock(gate, first: rows.lowerBound), scratch: workers.scratch[worker])
            for row in rows { mix(input.row(row), output.row(row), row) }
        }
    }

    private func mix(_ x: Row<Scalar>, _ y: Row<Scalar>, _ row: Int) {
        let (t, h) = (gate.row(row), hidden.row(row))
        t.add(bias.value.row(0))
        Scalar.sigmoid(t)
        h.copy(y)
        t.requireWidth(of: x)
        t.requireWidth(of: y)
        for u in 0..<t.count { y[u] = t[u] * h[u] + (1 - t[u]) * x[u] }
    }

    func backward(
        _ input: Matrix<Scalar>, _ inputGradient: Matrix<Scalar>, _ gradient: Matrix<Scalar>,
        _ rows: Int, _ workers: Workers<Scalar>
    ) {
        workers.pool.parallelFor(rows, grain: 6) { rows, worker in
            for row in rows {
                split(input.row(row), inputGradient.row(row), gradient.row(row), row)
            }
            packed.multiply(
                gateGradient, rows: rows, column: 0, continuing: true,
                into: RowBlock(inputGradient, first: rows.lowerBound),
                scratch: workers.scratch[worker])
        }
        workers.pool.parallelFor(gate.columns, grain: 16) { columns, worker in
            Scalar.addOuterProducts(
                of: gateGradient, input, rows: 0..<rows, columns: columns, first: 0,
                to: weight.gradient, scratch: workers.scratch[worker])
            gateGradient.addRows(0..<rows, columns, to: bias.gradient.row(0))
        }
    }

    private func split(_ x: Row<Scalar>, _ dx: Row<Scalar>, _ dy: Row<Scalar>, _ row: Int) {
        let (t, h, dt) = (gate.row(row), hidden.row(row), gateGradient.row(row))
        t.requireWidth(of: x)
        t.requireWidth(of: dx)
        t.requireWidth(of: dy)
        for u in 0..<t.count {
            dt[u] = dy[u] * (h[u] - x[u]) * t[u] * (1 - t[u])
            dx[u] += dy[u] * (1 - t[u])
            dy[u] *= t[u]
        }
    }
}
