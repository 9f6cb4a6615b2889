import Randomness
import Testing

@testable import Training

@Suite struct SeededRandomTests {
    @Test func sequencesOfDifferentPurposesDiffer() {
        var seen: Set<UInt64> = []
        for purpose in ["shuffle", "dropout"] {
            for step in 0..<50 {
                for layer in 0..<4 {
                    var random = SeededRandom(seed: 1, purpose: purpose, step, layer)
                    seen.insert(random.next())
                }
            }
        }
        #expect(seen.count == 2 * 50 * 4)
    }

    @Test func normalNumbersHaveMeanZeroAndVarianceOne() {
        var random = SeededRandom(seed: 7, purpose: "normal")
        let values = (0..<20_000).map { _ in random.normal() }
        let mean = values.reduce(0, +) / 20_000
        let variance = values.reduce(0) { $0 + $1 * $1 } / 20_000 - mean * mean
        #expect(abs(mean) < 0.03 && abs(variance - 1) < 0.05)
    }
}
