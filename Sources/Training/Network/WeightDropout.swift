internal import Randomness

/// Dropout of single weights of one matrix. The mask of a row is the same each time.
struct WeightDropout: Sendable {
    let rate: Double
    let seed: UInt64
    let step: Int
    let index: Int

    /// Multiplies a row by its mask.
    func apply<Scalar>(_ row: Int, to values: Row<Scalar>) {
        var random = SeededRandom(seed: seed, purpose: "weight dropout", step, index, row)
        let scale = Scalar(1 / (1 - rate))
        for i in 0..<values.count {
            values[i] = random.uniform() < rate ? 0 : values[i] * scale
        }
    }
}
