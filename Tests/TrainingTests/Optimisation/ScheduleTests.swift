import Foundation
import Testing

@testable import Training

/// Schedules, compared with the formulas of the papers.
@Suite struct ScheduleTests {
    private func factors(_ schedule: Schedule, steps: Int = 100) -> [Double] {
        (0..<steps).map { schedule.factor(step: $0, of: steps) }
    }

    @Test(arguments: Schedule.Kind.allCases) func warmUpIsAStraightLine(kind: Schedule.Kind) {
        var schedule = Schedule()
        schedule.kind = kind
        schedule.warmup = 10
        let factors = factors(schedule)
        for step in 0..<10 { #expect(abs(factors[step] - Double(step + 1) / 10) < 1e-12) }
        #expect(factors[10] == 1)
    }

    @Test func aCosineGoesDownToTheFinalPart() {
        var schedule = Schedule()
        schedule.kind = .cosine
        schedule.final = 0.2
        for (step, factor) in factors(schedule).enumerated() {
            let expected = 0.2 + 0.8 * (1 + cos(Double.pi * Double(step) / 100)) / 2
            #expect(abs(factor - expected) < 1e-12)
        }
    }

    @Test func aLineFallsOnlyAtTheEnd() {
        var schedule = Schedule()
        schedule.kind = .linear
        schedule.decay = 0.25
        schedule.final = 0
        let factors = factors(schedule)
        #expect(factors[..<75].allSatisfy { $0 == 1 })
        for step in 76..<100 { #expect(abs(factors[step] - Double(100 - step) / 25) < 1e-12) }
    }

    @Test func aPlateauFallsWithEveryDropAndNoFurtherThanTheFinalPart() {
        var schedule = Schedule()
        schedule.kind = .plateau
        schedule.factor = 0.5
        schedule.final = 0.1
        let drops = (0..<6).map { schedule.factor(step: 50, of: 100, drops: $0) }
        #expect(drops == [1, 0.5, 0.25, 0.125, 0.1, 0.1])
    }
}
