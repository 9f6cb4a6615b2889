import Foundation

/// The calibration of probabilities: of all texts with probability 0.8, 80% should be positive.
package struct Calibration: Sendable, Equatable {
    /// The texts whose probability is in one tenth of the range.
    package struct Bin: Sendable, Equatable {
        package let range: Range<Double>
        package fileprivate(set) var count = 0
        package fileprivate(set) var positiveCount = 0
        fileprivate var sum = 0.0

        /// Nil without texts, as is `positivePart`.
        package var meanProbability: Double? { count == 0 ? nil : sum / Double(count) }
        package var positivePart: Double? {
            count == 0 ? nil : Double(positiveCount) / Double(count)
        }
    }

    package static let binCount = 10

    package let bins: [Bin]
    /// The expected calibration error: the mean over texts of the difference between a bin's mean
    /// probability and its fraction of positive texts (Naeini et al. 2015; 10 bins).
    package let error: Double
    /// The mean of -log2 of the probability of the correct class, in bits.
    package let logLoss: Double
    /// The mean squared difference of the probability from 0 or 1 (Brier 1950).
    package let brierScore: Double

    /// - Parameter outcomes: at least one.
    package init(_ outcomes: [SentimentOutcome]) {
        precondition(!outcomes.isEmpty, "no outcomes")
        var bins = (0..<Self.binCount).map { index in
            Bin(range: Double(index) / 10..<Double(index + 1) / 10)
        }
        var (logLoss, squares) = (0.0, 0.0)
        for outcome in outcomes {
            let probability = Double(outcome.probability)
            let index = min(Self.binCount - 1, Int(probability * Double(Self.binCount)))
            bins[index].count += 1
            bins[index].positiveCount += outcome.isPositive ? 1 : 0
            bins[index].sum += probability
            let right = outcome.isPositive ? probability : 1 - probability
            // A Float of 0 or 1 is a rounded probability, not certainty.
            logLoss -= log2(max(right, 0x1p-24))
            squares += (1 - right) * (1 - right)
        }
        let count = Double(outcomes.count)
        self.bins = bins
        error = bins.reduce(0) { $0 + abs($1.sum - Double($1.positiveCount)) } / count
        self.logLoss = logLoss / count
        brierScore = squares / count
    }
}
