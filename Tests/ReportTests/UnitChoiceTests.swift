import Report
import TestSupport
import Testing

@Suite struct UnitChoiceTests {
    @Test func theStandardKeepsAReportSmall() {
        let model = SyntheticTrace.model(hidden: 256)
        for tokens in [1, 1000, 9000, 50_000, 200_000] {
            let count = UnitChoice.standard.count(tokens: tokens, model: model)
            #expect((8...256).contains(count))
            guard count > 8 else { continue }
            #expect(tokens * 2 * 6 * count * 4 / 3 <= 48 << 20)
        }
        #expect(UnitChoice.standard.count(tokens: 10_000, model: model) == 256)
        #expect((32...64).contains(UnitChoice.standard.count(tokens: 50_000, model: model)))
        #expect(UnitChoice.standard.count(tokens: 200_000, model: model) >= 8)
        #expect(UnitChoice.all.count(tokens: 200_000, model: model) == 256)
        #expect(UnitChoice.mostActive(500).count(tokens: 1, model: model) == 256)
        #expect(UnitChoice.mostActive(0).count(tokens: 1, model: model) == 1)
    }

    @Test func theMostActiveUnitsAreThoseOfTheHighestVariance() {
        var random = SeededRandom(seed: 4)
        let spreads: [Float] = [0.1, 0.9, 0, 0.5, 0.9, 0.2]
        var activity = UnitActivity(units: spreads.count)
        var rows: [[Float]] = []
        for _ in 0..<500 {
            rows.append(spreads.map { 3 + $0 * Float.random(in: -1...1, using: &random) })
            activity.add(rows[rows.count - 1])
        }
        #expect(activity.mostActive(3) == [1, 3, 4])
        #expect(activity.mostActive(6) == [0, 1, 2, 3, 4, 5])
        for (unit, found) in activity.variances.enumerated() {
            let values = rows.map { Double($0[unit]) }
            let mean = values.reduce(0, +) / 500
            let expected = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 500
            #expect(abs(found - expected) < 1e-9)
        }
    }
}
