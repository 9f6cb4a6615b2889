import Engine
import Foundation
import Kernels
import Metrics
import Model
import Storage
import Wire

/// Makes the answer to `status`.
struct StatusReporter: Sendable {
    let configuration: Configuration
    let model: Model
    let journal: JournalService?
    let metrics: DaemonMetrics
    private let start = ContinuousClock.now

    @Sendable func report() -> DaemonStatus {
        let options = configuration.engineOptions
        return DaemonStatus(
            version: sluiceVersion,
            model: .init(
                folder: model.folder.path(percentEncoded: false),
                fingerprint: model.fingerprint.hex),
            uptime: (ContinuousClock.now - start) / .seconds(1), threads: options.shards,
            kernels: options.kernelTier.rawValue,
            counters: Self.byName(metrics.all), refused: Self.byName(metrics.refused),
            measurements: Dictionary(
                uniqueKeysWithValues: metrics.measurements.map { ($0.name, $0.value) }),
            journal: .init(
                durability: configuration.journal.durability.rawValue, store: journal?.storage.name,
                commits: UInt64(journal?.thread.statistics.commits.value ?? 0),
                problem: journal?.health.problem))
    }

    private static func byName(_ counts: [DaemonMetrics.Count]) -> [String: UInt64] {
        Dictionary(uniqueKeysWithValues: counts.map { ($0.name, UInt64(max(0, $0.count))) })
    }
}
