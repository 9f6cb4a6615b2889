/// Masks of dropout, scaled by 1 / (1 - rate) so that means stay (Srivastava et al. 2014): functions of
/// the seed, the step of training and what is dropped, so that no state has to be kept for them.
package struct DropoutRates: Sendable, Equatable {
    /// Of the embedding's vectors as the first layer reads them; of each layer's output as the next
    /// one reads it; of the last layer's output as the heads read it. One mask for all steps of a
    /// window (variational dropout, Gal and Ghahramani 2016).
    package var input = 0.0
    package var between = 0.0
    package var output = 0.0
    /// Of single weights of every `weight_hh` (DropConnect: Merity et al. 2018).
    package var weight = 0.0
    /// Of whole words' vectors (Gal and Ghahramani 2016).
    package var embedding = 0.0

    package init() {}
}

/// What a window's masks are drawn from.
struct DropoutSource: Sendable {
    let rates: DropoutRates
    let seed: UInt64
    let step: Int

    /// Fills a mask `[lanes, columns]`; none for a rate of 0.
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

    /// The factor of a word's vector.
    func factor<Scalar: TrainingScalar>(ofWord word: Int) -> Scalar {
        guard rates.embedding > 0 else { return 1 }
        var random = SeededRandom(seed: seed, purpose: "embedding dropout", step, word)
        return random.uniform() < rates.embedding ? 0 : Scalar(1 / (1 - rates.embedding))
    }
}

/// Dropout of single weights of one matrix, the same whenever it is applied to a row.
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

extension Row {
    fileprivate func drop(_ rate: Double, _ random: inout SeededRandom, to value: Scalar) {
        let kept = value * Scalar(1 / (1 - rate))
        for i in 0..<count { self[i] = random.uniform() < rate ? 0 : kept }
    }

    func multiply(by mask: Row?) {
        guard let mask else { return }
        for i in 0..<count { self[i] *= mask[i] }
    }
}
