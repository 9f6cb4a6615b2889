/// The mean of the parameters since some step (Polyak and Juditsky 1992). Averaged SGD validates
/// and saves these means.
final class AveragedParameters: Sendable {
    let averages: [Matrix<Float>]

    init(_ parameters: ParameterSet<Float>) { averages = parameters.all.map { $0.zeros() } }

    /// Adds the current values, the `count`-th since averaging began.
    func add(_ parameters: ParameterSet<Float>, count: Int, _ pool: ThreadPool) {
        let weight = 1 / Float(count)
        for (parameter, average) in zip(parameters.all, averages) {
            pool.forEach(average.rows) { row in
                let (sum, value) = (average.row(row), parameter.value.row(row))
                sum.requireWidth(of: value)
                for i in 0..<sum.count { sum[i] += weight * (value[i] - sum[i]) }
            }
        }
    }

    func swap(with parameters: ParameterSet<Float>) {
        for (parameter, average) in zip(parameters.all, averages) {
            let (x, y) = (parameter.value.all, average.all)
            x.requireWidth(of: y)
            for i in 0..<x.count { (x[i], y[i]) = (y[i], x[i]) }
        }
    }
}
