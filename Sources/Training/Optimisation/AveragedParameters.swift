/// The mean of the parameters since some step (Polyak and Juditsky 1992), which is what averaged SGD
/// validates and keeps.
final class AveragedParameters: Sendable {
    let averages: [Matrix<Float>]

    init(_ parameters: ParameterSet<Float>) { averages = parameters.all.map { $0.zeros() } }

    /// Takes in the present values, the `count`-th since averaging began.
    func add(_ parameters: ParameterSet<Float>, count: Int, _ pool: ThreadPool) {
        let weight = 1 / Float(count)
        for (parameter, average) in zip(parameters.all, averages) {
            pool.parallelFor(average.rows) { rows, _ in
                for row in rows {
                    let (sum, value) = (average.row(row), parameter.value.row(row))
                    for i in 0..<sum.count { sum[i] += weight * (value[i] - sum[i]) }
                }
            }
        }
    }

    /// Exchanges the parameters' values and the averages.
    func swap(with parameters: ParameterSet<Float>) {
        for (parameter, average) in zip(parameters.all, averages) {
            let (x, y) = (parameter.value.all, average.all)
            for i in 0..<x.count { (x[i], y[i]) = (y[i], x[i]) }
        }
    }
}
