import Engine
import Synchronization
import ZeroMQ

/// What the daemon has done since its start, by the names that the log and `status` have for it:
/// deploy/docs/wire.md says what each counts.
struct DaemonCounters: Sendable {
    let engine: EngineStatistics
    /// In the order of the configuration.
    let outputs: [Output]
    /// Nil where nothing is kept.
    let journal: JournalStatistics?
    /// Nil where no input acknowledges.
    let acknowledgements: AcknowledgementStatistics?
    let gate: GateStatistics
    let log: LogSink?

    struct Output: Sendable {
        let kind: Configuration.Output.Kind
        let statistics: EgressStatistics
    }

    typealias Counter = (name: String, count: Int)

    var all: [Counter] {
        reading + events + keeping + answers + connections
            + [("log.dropped", log?.droppedLines ?? 0)].filter { $0.count > 0 }
    }

    private var reading: [Counter] {
        [
            ("streams", engine.streams.load(ordering: .relaxed)),
            ("requests", engine.requests.load(ordering: .relaxed)),
            ("bytes", engine.bytes.load(ordering: .relaxed)),
            ("tokens", engine.tokens.load(ordering: .relaxed)),
            ("rows", engine.rows.load(ordering: .relaxed)),
            ("steps", engine.steps.load(ordering: .relaxed)),
            ("turns", engine.turns.load(ordering: .relaxed)),
        ]
    }

    /// Of all outputs, and where there are several, of each.
    private var events: [Counter] {
        let each = outputs.map(Self.events)
        let names = ["events", "dropped", "lost_at_least"]
        let sums = names.compactMap { name -> Counter? in
            let counts = each.joined().filter { $0.name == name }.map(\.count)
            return counts.isEmpty ? nil : (name, counts.reduce(0, +))
        }
        guard outputs.count > 1 else { return sums }
        return sums
            + each.enumerated().flatMap { index, counters in
                counters.map { ("output[\(index)].\($0.name)", $0.count) }
            }
    }

    private static func events(of output: Output) -> [Counter] {
        let sent: Counter = ("events", output.statistics.sent.load(ordering: .relaxed))
        return switch output.kind {
        case .push: [sent, ("dropped", output.statistics.dropped.load(ordering: .relaxed))]
        case .xpub: [sent, ("lost_at_least", output.statistics.stalls.load(ordering: .relaxed))]
        }
    }

    private var keeping: [Counter] {
        guard let journal else { return [] }
        return [
            ("commits", journal.commits.load(ordering: .relaxed)),
            ("evicted", engine.evicted.load(ordering: .relaxed)),
            ("resumed", engine.resumed.load(ordering: .relaxed)),
        ]
    }

    /// Connections that came in, and those that were closed, by reason.
    private var connections: [Counter] {
        [("connections", gate.accepted.load(ordering: .relaxed))]
            + gate.refused.map { ("closed.\($0.code.rawValue)", $0.count) }
    }

    private var answers: [Counter] {
        guard let acknowledgements else { return [] }
        return [
            ("acks", acknowledgements.sent.load(ordering: .relaxed)),
            ("acks.dropped", acknowledgements.dropped.load(ordering: .relaxed)),
        ]
    }
}
