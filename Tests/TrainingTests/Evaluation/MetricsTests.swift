import TestSupport
import Testing

@testable import Training

/// Metrics computed by hand.
@Suite struct MetricsTests {
    private func outcomes(_ values: [(Float, Bool)]) -> [SentimentOutcome] {
        values.map { SentimentOutcome(probability: $0.0, isPositive: $0.1) }
    }

    @Test func confusionByHand() {
        let confusion = Confusion(
            outcomes([
                (0.9, true), (0.8, true), (0.6, false), (0.4, true), (0.3, false), (0.5, false),
            ]))
        #expect(confusion.truePositives == 2 && confusion.falsePositives == 1)
        #expect(confusion.trueNegatives == 2 && confusion.falseNegatives == 1)
        #expect(abs(confusion.accuracy - 4.0 / 6) < 1e-12)
        #expect(abs(confusion.precision - 2.0 / 3) < 1e-12)
        #expect(abs(confusion.recall - 2.0 / 3) < 1e-12)
        #expect(abs(confusion.f1 - 2.0 / 3) < 1e-12)
        #expect(confusion.majority == 0.5)
        #expect(Confusion(outcomes([(0.1, false)])).f1 == 0)
    }

    @Test func calibrationByHand() throws {
        // One bin with three texts, mean 0.75, two of them positive; another bin with one wrong
        // text.
        let calibration = Calibration(
            outcomes([(0.75, true), (0.71875, true), (0.78125, false), (0, true)]))
        let bin = calibration.bins[7]
        #expect(bin.count == 3 && bin.positiveCount == 2)
        #expect(abs(try #require(bin.meanProbability) - 0.75) < 1e-6)
        #expect(calibration.bins[0].positivePart == 1)
        #expect(calibration.bins[3].meanProbability == nil)
        // (3 * |0.75 - 2/3| + 1 * |0 - 1|) / 4
        #expect(abs(calibration.error - (0.25 + 1) / 4) < 1e-6)
        #expect(calibration.logLoss.isFinite)
        #expect(abs(Calibration(outcomes([(0.5, true), (0.5, false)])).logLoss - 1) < 1e-12)
        #expect(abs(Calibration(outcomes([(0.75, true)])).brierScore - 0.0625) < 1e-12)
    }

    @Test func textsThatAreAsLikelyAsSaidAreCalibrated() {
        var random = SeededRandom(seed: 5)
        let honest = (0..<40_000).map { _ in
            let probability = Float.random(in: 0...1, using: &random)
            return (probability, Float.random(in: 0...1, using: &random) < probability)
        }
        let calibration = Calibration(outcomes(honest))
        #expect(calibration.error < 0.01)
        #expect(calibration.bins.reduce(0) { $0 + $1.count } == 40_000)
        // Opposite predictions have the maximum error: 2 |p - 1/2| on average.
        let opposite = honest.map { ($0.0, !$0.1) }
        #expect(abs(Calibration(outcomes(opposite)).error - 0.5) < 0.02)
    }
}
