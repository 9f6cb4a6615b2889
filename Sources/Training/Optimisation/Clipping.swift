/// Gradient clipping by the global norm (Pascanu et al. 2013) and by value.
struct Clipping: Sendable, Equatable {
    /// The maximum global norm; nil for no limit.
    var norm: Double?
    /// The maximum absolute value of an element; nil for no limit.
    var value: Double?
}

extension ParameterSet where Scalar == Float {
    /// The norm of each parameter's gradient, in order. The order of summation is fixed: 16 partial
    /// sums for each row, then row after row.
    func gradientNorms(_ pool: ThreadPool) -> [Double] {
        all.map { parameter in
            let gradient = parameter.gradient
            let sums = Matrix<Double>(rows: gradient.rows, columns: 16)
            pool.forEach(gradient.rows) { row in
                sums.row(row)[0] = gradient.row(row).sumOfSquares()
            }
            return (0..<gradient.rows).reduce(0) { $0 + sums.row($1)[0] }.squareRoot()
        }
    }

    /// Clips the gradients. `norm` is their global norm.
    func clip(_ clipping: Clipping, norm: Double, _ pool: ThreadPool) {
        let factor = clipping.norm.map { norm > $0 ? Float($0 / norm) : 1 } ?? 1
        let bound = clipping.value.map { Float($0) }
        guard factor != 1 || bound != nil else { return }
        for parameter in all {
            pool.parallelFor(parameter.gradient.rows) { rows, _ in
                let row = parameter.gradient.row(rows.lowerBound, count: rows.count)
                if factor != 1 { row.scale(by: factor) }
                guard let bound else { return }
                for i in 0..<row.count { row[i] = min(max(row[i], -bound), bound) }
            }
        }
    }
}

extension Row where Scalar == Float {
    fileprivate func sumOfSquares() -> Double {
        precondition(count.isMultiple(of: 16), "a row that is not whole vectors")
        var chains = SIMD16<Float>.zero
        for start in stride(from: 0, to: count, by: 16) {
            // unsafe: 16 numbers from `start` on are inside the row, by the precondition.
            let x = unsafe UnsafeRawPointer(base + start).loadUnaligned(as: SIMD16<Float>.self)
            chains += x * x
        }
        return (0..<16).reduce(0) { $0 + Double(chains[$1]) }
    }
}
