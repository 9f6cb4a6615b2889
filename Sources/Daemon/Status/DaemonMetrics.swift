import Engine
import Logging
import Metrics
import Wire
import ZeroMQ

/// All metrics of the daemon, as the log, `status` and Prometheus show them. Each metric of each
/// stored set is shown; deploy/docs/wire.md defines each.
struct DaemonMetrics: Sendable {
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

    /// Refusals so far, by code.
    var refused: [Count] {
        engine.refusals.countsByName.map { ($0.label, $0.count) }
    }

    /// Of the whole daemon, under the names that the log and `status` have for them.
    var all: [Count] {
        let metrics = sets.flatMap(\.metrics).filter { $0.name != engine.refusals.name }
        return metrics.flatMap(Self.counts) + outputCounts
    }

    /// All of them and the refusals, for the log.
    var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        for (name, count) in all { metadata[name] = .stringConvertible(count) }
        for (code, count) in refused { metadata["refused.\(code)"] = .stringConvertible(count) }
        return metadata
    }

    /// What Prometheus reads.
    var text: String {
        var text = PrometheusText()
        for metric in sets.flatMap(\.metrics) { text.add(metric) }
        for (index, output) in outputs.enumerated() {
            for metric in output.metrics { text.add(metric, labels: [.init("output", "\(index)")]) }
        }
        return text.text
    }

    private var sets: [any MetricSet] {
        Mirror(reflecting: self).children.compactMap { $0.value as? any MetricSet }
    }

    /// Of all outputs together, and where there are several, of each.
    private var outputCounts: [Count] {
        let each = outputs.map { $0.metrics.flatMap(Self.counts) }
        let sums = Dictionary(each.joined().map { ($0.name, $0.count) }, uniquingKeysWith: +)
        let total = sums.map { Count($0, $1) }
        guard outputs.count > 1 else { return total }
        return total
            + each.enumerated().flatMap { index, counts in
                counts.map { ("output[\(index)].\($0.name)", $0.count) }
            }
    }

    private static func counts(_ metric: any Metric) -> [Count] {
        switch metric {
        case let counter as Counter:
            counter.isShownAtZero || counter.value != 0 ? [(counter.name, counter.value)] : []
        case let gauge as Gauge: [(gauge.name, gauge.value)]
        case let group as any CounterGroup:
            group.countsByName.map { ("\(group.name).\($0.label)", $0.count) }
        default: []
        }
    }
}
