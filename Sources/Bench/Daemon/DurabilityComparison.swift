package import Client

/// Measures the same daemon with several durabilities, in turns, so that all of them see the
/// machine at the same speeds.
package struct DurabilityComparison {
    package struct Result: Sendable {
        package let durability: BenchDurability
        /// The round in the middle: by throughput in saturation, else by the median latency.
        package let row: DaemonMeasurement.Row
        /// Tokens of a second, and of a CPU second, as parts of those of `off` in the same round;
        /// the median over the rounds, nil where `off` is not measured.
        package let throughputToOff: Double?
        package let perCPUToOff: Double?
    }

    private let durabilities: [BenchDurability]
    private let rounds: Int
    private var measurements: [DaemonMeasurement] = []
    private var maximum: DaemonMeasurement.Row?

    /// Starts the daemons; one that is not measured does nothing.
    ///
    /// - Throws: `ZeroMQError`, `ClientError`, `Interrupted`, and what `serve` throws.
    package init(
        _ durabilities: [BenchDurability], rounds: Int, text: String,
        _ options: DaemonMeasurement.Options, _ interruption: Interruption,
        serve: (BenchDurability) throws -> ServedDaemon
    ) throws {
        self.durabilities = durabilities
        self.rounds = rounds
        for durability in durabilities {
            measurements.append(
                try DaemonMeasurement(try serve(durability), text: text, options, interruption))
        }
    }

    /// At full speed.
    ///
    /// - Throws: `ZeroMQError`, `ServedDaemonError`, `Interrupted`.
    package mutating func saturate() throws -> [Result] {
        let results = try inTurns { try $0.saturate() }
        maximum = (results.first { $0.durability == .off } ?? results.first)?.row
        return results
    }

    /// At a fraction of what `saturate` found of `off`, or of the first durability without that.
    ///
    /// - Throws: `ZeroMQError`, `ServedDaemonError`, `Interrupted`.
    package mutating func hold(load: Double) throws -> [Result] {
        guard let maximum, maximum.messages > 0 else { return [] }
        return try inTurns { try $0.hold(load: load, of: maximum) }
    }

    private mutating func inTurns(
        _ measure: (inout DaemonMeasurement) throws -> DaemonMeasurement.Row
    ) throws -> [Result] {
        var rows: [[DaemonMeasurement.Row]] = []
        for _ in 0..<rounds {
            var round: [DaemonMeasurement.Row] = []
            for index in measurements.indices { round.append(try measure(&measurements[index])) }
            rows.append(round)
        }
        return Self.results(durabilities, rounds: rows)
    }

    /// - Parameter rounds: of each round the rows, in the order of the durabilities.
    static func results(
        _ durabilities: [BenchDurability], rounds: [[DaemonMeasurement.Row]]
    ) -> [Result] {
        let off = durabilities.firstIndex(of: .off)
        return durabilities.enumerated().compactMap { index, durability in
            func toOff(_ value: (DaemonMeasurement.Row) -> Double) -> Double? {
                off.map { off in rounds.map { value($0[index]) / value($0[off]) }.median }
            }
            guard let row = middle(rounds.map { $0[index] }) else { return nil }
            return Result(
                durability: durability, row: row, throughputToOff: toOff(\.tokensPerSecond),
                perCPUToOff: toOff(\.tokensPerCPUSecond))
        }
    }

    private static func middle(_ rows: [DaemonMeasurement.Row]) -> DaemonMeasurement.Row? {
        let ordered = rows.sorted { first, second in
            first.phase == .saturation
                ? first.tokensPerSecond < second.tokensPerSecond
                : first.p50 ?? .infinity < second.p50 ?? .infinity
        }
        return ordered.isEmpty ? nil : ordered[ordered.count / 2]
    }
}
