import Engine
import Threads
import Wire
import ZeroMQ

/// All counters of the daemon, under the names that the log and `status` have for them:
/// deploy/docs/wire.md defines each. Each counter of each stored set is shown.
struct DaemonCounters: Sendable {
    let engine: EngineStatistics
    /// Nil where nothing is kept.
    let residence: ResidenceStatistics?
    /// In the order of the configuration.
    let outputs: [EgressStatistics]
    /// Nil where nothing is kept.
    let journal: JournalStatistics?
    /// Nil where no input acknowledges.
    let acknowledgements: AcknowledgementStatistics?
    let gate: GateStatistics
    let log: LogStatistics?

    typealias Count = (name: String, count: Int)

    var all: [Count] {
        let sets = Mirror(reflecting: self).children.compactMap { $0.value as? any CounterSet }
        let counters = sets.flatMap(\.counters).filter { $0.isShownAtZero || $0.value != 0 }
        return Self.counts(counters)
            + gate.refused.map { ("closed.\($0.code.rawValue)", $0.count) } + events
    }

    /// Refusals so far, by code.
    var refused: [Count] { engine.refusalCounts.map { ($0.rawValue, $1) } }

    /// Of all outputs together, and where there are several, of each.
    private var events: [Count] {
        let each = outputs.map { Self.counts($0.counters) }
        let sums = Dictionary(each.joined().map { ($0.name, $0.count) }, uniquingKeysWith: +)
        let total = sums.map { Count($0, $1) }
        guard outputs.count > 1 else { return total }
        return total
            + each.enumerated().flatMap { index, counts in
                counts.map { ("output[\(index)].\($0.name)", $0.count) }
            }
    }

    private static func counts(_ counters: [Counter]) -> [Count] {
        counters.map { ($0.name, $0.value) }
    }
}
