import Engine
import Foundation
import HTTP
import Logging
import Metrics
import Wire
import ZeroMQ

/// All metrics of the daemon, as the log, `status` and Prometheus show them. Each metric of each
/// stored set is shown; deploy/docs/metrics.md lists them.
struct DaemonMetrics: Sendable {
    let daemon: DaemonInformation
    let engine: EngineStatistics
    let input: QueueStatistics
    /// In the order of the configuration.
    let outputs: [Output]
    let gate: GateStatistics
    let process = ProcessStatistics()
    let http = HTTPStatistics()
    /// Nil where nothing is kept.
    var residence: ResidenceStatistics?
    var journal: JournalStatistics?
    var journalQueue: QueueStatistics?
    var recovery: RecoveryStatistics?
    var store: StoreStatistics?
    var backfill: BackfillStatistics?
    /// Nil where no input acknowledges.
    var acknowledgements: AcknowledgementStatistics?
    var access = AccessStatistics()
    var limits = LimitStatistics()
    var connections = ConnectionStatistics()
    var log: LogStatistics?
    var health: HealthStatistics?

    struct Output: Sendable {
        let events: EgressStatistics
        let queue: QueueStatistics

        var metrics: [any Metric] { events.metrics + queue.metrics }
    }

    typealias Count = (name: String, count: Int)
    typealias Measurement = (name: String, value: Double)

    /// Refusals so far, by code.
    var refused: [Count] {
        engine.refusals.countsByName.map { ($0.label, $0.count) }
    }

    /// Whole numbers, under the names that the log and `status` have for them.
    var all: [Count] {
        let metrics = metrics.filter { $0.name != engine.refusals.name }
        return metrics.flatMap(Self.counts) + outputCounts
    }

    /// Levels that are looked up, and the median and the 99th percentile of what is measured.
    var measurements: [Measurement] {
        let isSingle = outputs.count == 1
        return metrics.flatMap { Self.measurements($0) }
            + outputs.enumerated().flatMap { index, output in
                output.metrics.flatMap {
                    Self.measurements($0, prefix: isSingle ? "" : "output[\(index)].")
                }
            }
    }

    /// All of it, for the log.
    var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        for (name, count) in all { metadata[name] = .stringConvertible(count) }
        for (code, count) in refused { metadata["refused.\(code)"] = .stringConvertible(count) }
        for (name, value) in measurements { metadata[name] = "\(Self.shortened(value))" }
        return metadata
    }

    /// Whole from 1000 on, else with four significant digits.
    private static func shortened(_ value: Double) -> String {
        abs(value) >= 1000 ? String(format: "%.0f", value) : String(format: "%.4g", value)
    }

    /// What Prometheus reads.
    var text: String {
        var text = PrometheusText()
        for metric in metrics { text.add(metric) }
        for (index, output) in outputs.enumerated() {
            for metric in output.metrics { text.add(metric, labels: [.init("output", "\(index)")]) }
        }
        return text.text
    }

    /// Of the whole daemon.
    private var metrics: [any Metric] {
        Mirror(reflecting: self).children.compactMap { $0.value as? any MetricSet }
            .flatMap(\.metrics)
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

    private static func measurements(_ metric: any Metric, prefix: String = "") -> [Measurement] {
        let name = prefix + metric.name
        switch metric {
        case let reading as MetricReading: return reading.value.map { [(name, $0)] } ?? []
        case let histogram as Histogram:
            return [("p50", 0.5), ("p99", 0.99)].compactMap { suffix, quantile in
                histogram.quantile(quantile).map { ("\(name).\(suffix)", $0) }
            }
        default: return []
        }
    }
}
