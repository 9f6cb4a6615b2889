import Bench
import Kernels

/// Shows what the driver of a daemon found, with the keys of the peers' driver.
struct DaemonReport {
    let subject: String
    let threads: Int
    let streams: Int
    let network: NetworkCost
    let output: BenchOutput

    func begin(tier: KernelTier) throws {
        try output.begin(
            "\(subject), kernels \(tier.rawValue), \(threads) thread\(threads == 1 ? "" : "s"), "
                + "\(streams) streams",
            columns: [
                "phase     ": "phase", "journal": "durability", " tokens/s": "tokens_s",
                "% of off": "percent_of_off", "tokens/CPU s": "tokens_per_cpu_s",
                " p50 ms": "p50_ms", " p90 ms": "p90_ms", " p99 ms": "p99_ms",
                "mean batch": "mean_batch", "lost": "sequence_gaps",
                "daemon cores": "daemon_cores", "driver cores": "driver_cores",
                "% around the network": "around_network_percent",
            ])
    }

    func show(_ result: DurabilityComparison.Result) throws {
        let overhead = try overhead(result.row)
        var line = line(result, overhead)
        line.show("phase", result.row.phase.name)
        if let part = result.throughputToOff {
            line.show("percent_of_off", (100 * part).formatted(digits: 1))
        }
        try output.add(line)
    }

    /// What the network alone does not explain of the daemon's CPU time, from 0 to 1.
    private func overhead(_ row: DaemonMeasurement.Row) throws -> Double? {
        guard let meanBatch = row.meanBatch, let meanStreams = row.meanStreams,
            let rows = row.rowsPerToken, row.daemonCPU > 0
        else { return nil }
        let cost = try network.perRow(
            meanBatch: meanBatch, meanStreams: meanStreams, withHead: true, seconds: 1,
            output.interruption)
        return 1 - cost * rows * Double(row.tokens) / row.daemonCPU
    }

    private func line(_ result: DurabilityComparison.Result, _ overhead: Double?) -> JSONLine {
        let row = result.row
        var line = JSONLine()
        line.add("engine", "sluice")
        line.add("model", subject)
        line.add("threads", threads)
        line.add("streams", streams)
        line.add("durability", result.durability.rawValue)
        switch row.phase {
        case .saturation: line.add("phase", "saturation")
        case .rate(let load, let offered):
            line.add("phase", "rate")
            line.add("load", load, digits: 2)
            line.add("offered_tokens_s", offered, digits: 0)
            line.add("unfinished_messages", row.unfinishedMessages)
        }
        line.add("messages_s", Double(row.messages) / row.wall, digits: 1)
        line.add("tokens_s", row.tokensPerSecond, digits: 0)
        line.add("tokens_per_cpu_s", row.tokensPerCPUSecond, digits: 0)
        line.add("tokens_s_to_off", result.throughputToOff, digits: 3)
        line.add("tokens_per_cpu_s_to_off", result.perCPUToOff, digits: 3)
        line.add("p50_ms", row.p50, digits: 2)
        line.add("p90_ms", row.p90, digits: 2)
        line.add("p99_ms", row.p99, digits: 2)
        line.add("latencies", row.latencies)
        line.add("sequence_gaps", row.sequenceGaps)
        line.add("errors", row.errors)
        line.add("daemon_cores", row.daemonCPU / row.wall, digits: 2)
        line.add("driver_cores", row.driverCPU / row.wall, digits: 2)
        line.add("mean_batch", row.meanBatch, digits: 1)
        line.add("mean_streams", row.meanStreams, digits: 1)
        line.add("rows_per_token", row.rowsPerToken, digits: 3)
        line.add("around_network_percent", overhead.map { 100 * $0 }, digits: 1)
        return line
    }
}

extension DaemonMeasurement.Phase {
    fileprivate var name: String {
        switch self {
        case .saturation: "saturation"
        case .rate(let load, _): "load \(load.formatted(digits: 2))"
        }
    }
}
