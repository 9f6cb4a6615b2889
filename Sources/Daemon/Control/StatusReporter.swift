import Engine
import Foundation
import Kernels
import Model
import Synchronization
import Wire

/// Says what the daemon is and has done.
struct StatusReporter: Sendable {
    private let configuration: Configuration
    private let engine: Engine
    private let model: Model
    private let journal: JournalService?
    private let start = ContinuousClock.now

    init(
        _ configuration: Configuration, _ engine: Engine, _ model: Model,
        _ journal: JournalService?
    ) {
        self.configuration = configuration
        self.engine = engine
        self.model = model
        self.journal = journal
    }

    @Sendable func report() -> DaemonStatus {
        let options = configuration.engineOptions
        return DaemonStatus(
            version: sluiceVersion,
            model: .init(
                folder: model.folder.path(percentEncoded: false),
                fingerprint: model.fingerprint.hex),
            uptime: (ContinuousClock.now - start).seconds, threads: options.shards,
            kernels: options.kernelTier.rawValue, counters: counters,
            refused: Dictionary(
                uniqueKeysWithValues: engine.statistics.refusalCounts.map {
                    ($0.rawValue, UInt64($1))
                }),
            journal: .init(
                durability: configuration.journal.durability.rawValue, store: journal?.path,
                commits: UInt64(journal?.thread.statistics.commits.load(ordering: .relaxed) ?? 0),
                problem: journal?.health.problem))
    }

    private var counters: [String: UInt64] {
        let counted = engine.statistics
        let all: [(String, Int)] = [
            ("streams", counted.streams.load(ordering: .relaxed)),
            ("requests", counted.requests.load(ordering: .relaxed)),
            ("bytes", counted.bytes.load(ordering: .relaxed)),
            ("tokens", counted.tokens.load(ordering: .relaxed)),
            ("steps", counted.steps.load(ordering: .relaxed)),
            ("evicted", counted.evicted.load(ordering: .relaxed)),
            ("resumed", counted.resumed.load(ordering: .relaxed)),
        ]
        return Dictionary(uniqueKeysWithValues: all.map { ($0, UInt64(max(0, $1))) })
    }
}
