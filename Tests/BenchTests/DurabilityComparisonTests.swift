import Foundation
import Testing

@testable import Bench

@Suite struct DurabilityComparisonTests {
    private func row(
        _ tokens: Int, cpu: Double = 1, p50: Double? = nil,
        phase: DaemonMeasurement.Phase = .saturation
    ) -> DaemonMeasurement.Row {
        DaemonMeasurement.Row(
            phase: phase, tokens: tokens, messages: 1, wall: 2, daemonCPU: cpu, driverCPU: 0,
            p50: p50, p90: nil, p99: nil, latencies: 0, sequenceGaps: 0, errors: 0,
            unfinishedMessages: 0, meanBatch: nil, meanStreams: nil, rowsPerToken: nil)
    }

    @Test func ratiosAreThoseOfTheSameRound() throws {
        // The machine is ten times as fast in one round: that is no cost of the journal.
        let rounds = [
            [row(80, cpu: 2), row(100)], [row(900, cpu: 2), row(1000)],
            [row(70, cpu: 2), row(100)],
        ]
        let results = DurabilityComparison.results([.commit, .off], rounds: rounds)
        #expect(results.map(\.durability) == [.commit, .off])
        #expect(results[0].throughputToOff == 0.8 && results[0].perCPUToOff == 0.4)
        #expect(results[1].throughputToOff == 1 && results[1].perCPUToOff == 1)
        #expect(results.map(\.row.tokens) == [80, 100])
    }

    @Test func withoutOffThereIsNoRatio() {
        let rows = [3.0, 1, 2].map {
            [row(1, p50: $0, phase: .rate(load: 0.5, offered: 1))]
        }
        let results = DurabilityComparison.results([.relaxed], rounds: rows)
        #expect(results[0].throughputToOff == nil && results[0].perCPUToOff == nil)
        #expect(results[0].row.p50 == 2)
    }

    @Test func theConfigurationNamesTheStore() {
        let text = BenchDurability.relaxed.configuration(
            store: URL(filePath: "/tmp/a \"b\"/store.sqlite"))
        #expect(text.contains("durability = \"relaxed\"\n"))
        #expect(text.contains("path = \"/tmp/a \\\"b\\\"/store.sqlite\"\n"))
    }
}
