internal import Randomness

/// Generates the dropout masks of a training step.
struct DropoutSource: Sendable {
    let rates: DropoutRates
    let seed: UInt64
    let step: Int

    /// Fills a mask `[lanes, columns]`. Nil for a rate of 0.
    func mask<Scalar>(
        _ purpose: String, _ index: Int = 0, rate: Double, _ mask: Matrix<Scalar>
    ) -> Matrix<Scalar>? {
        guard rate > 0 else { return nil }
        for row in 0..<mask.rows {
            var random = SeededRandom(seed: seed, purpose: purpose, step, index, row)
            mask.row(row).drop(rate, &random, to: 1)
        }
        return mask
    }

    func weights(_ layer: Int, _ direction: Int) -> WeightDropout? {
        guard rates.weight > 0 else { return nil }
        return WeightDropout(
            rate: rates.weight, seed: seed, step: step, index: 2 * layer + direction)
    }

    /// The factor of a token's embedding.
    func factor<Scalar: TrainingScalar>(ofWord word: Int) -> Scalar {
        guard rates.embedding > 0 else { return 1 }
        var random = SeededRandom(seed: seed, purpose: "embedding dropout", step, word)
        return random.uniform() < rates.embedding ? 0 : Scalar(1 / (1 - rates.embedding))
    }
}

extension Row {
    fileprivate func drop(_ rate: Double, _ random: inout SeededRandom, to value: Scalar) {
        let kept = value * Scalar(1 / (1 - rate))
        for i in 0..<count { self[i] = random.uniform() < rate ? 0 : kept }
    }
}
