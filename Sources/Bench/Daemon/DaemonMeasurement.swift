package import Client
import Foundation
import Randomness

/// Measures a daemon over its sockets. First saturation: every stream keeps some messages in
/// flight. Then messages at parts of the measured maximum, with Poisson arrivals on random streams.
///
/// A token's latency runs from the sending of the message that holds its last byte to the arrival
/// of its event.
package struct DaemonMeasurement {
    package struct Options: Sendable {
        package var streams = 64
        package var words = 4
        /// Messages of each stream in flight in saturation.
        package var outstanding = 2
        package var seconds = 10.0
        package var warmUp = 2.0

        package init() {}
    }

    package enum Phase: Equatable, Sendable {
        case saturation
        /// A part of the maximum, in tokens of a second.
        case rate(load: Double, offered: Double)
    }

    package struct Row: Sendable {
        package let phase: Phase
        package let tokens: Int
        package let messages: Int
        package let wall: Double
        package let daemonCPU: Double
        package let driverCPU: Double
        /// In milliseconds; nil without any.
        package let p50: Double?
        package let p90: Double?
        package let p99: Double?
        package let latencies: Int
        package let sequenceGaps: Int
        package let errors: Int
        package let unfinishedMessages: Int
        /// Rows of a step of the daemon, on average; nil if the phase was too short.
        package let meanBatch: Double?
        /// Streams that read them.
        package let meanStreams: Double?
        /// Rows that the network reads for each published token: start tokens and separators are
        /// rows too.
        package let rowsPerToken: Double?

        package var tokensPerSecond: Double { Double(tokens) / wall }
        package var tokensPerCPUSecond: Double { Double(tokens) / daemonCPU }
    }

    private let daemon: ServedDaemon
    private let options: Options
    private var driver: Driver
    private var random = SeededRandom(seed: 1)

    private static let settleSeconds = 10.0

    /// - Throws: `ZeroMQError`, `ClientError`, `Interrupted`.
    package init(
        _ daemon: ServedDaemon, text: String, _ options: Options, _ interruption: Interruption
    ) throws {
        self.daemon = daemon
        self.options = options
        driver = try Driver(
            streams: options.streams,
            messages: BenchText.messages(of: text, words: options.words), input: daemon.input,
            output: daemon.output, client: daemon.client, interruption: interruption)
        try driver.waitForAnswer(daemon.input)
    }

    /// At full speed.
    ///
    /// - Throws: `ZeroMQError`, `ServedDaemonError`, `Interrupted`.
    package mutating func saturate() throws -> Row {
        for stream in driver.streamIndices {
            for _ in 0..<options.outstanding { try driver.send(stream) }
        }
        try keepBusy(options.warmUp)
        driver.resetCounts()
        let start = try moment()
        try keepBusy(options.seconds)
        return try finish(.saturation, since: start)
    }

    private mutating func keepBusy(_ seconds: Double) throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            for stream in try driver.receive(timeout: .milliseconds(20)) {
                try driver.send(stream)
            }
        }
    }

    /// At a part of what `saturate` found.
    ///
    /// - Throws: `ZeroMQError`, `ServedDaemonError`, `Interrupted`.
    package mutating func hold(load: Double, of maximum: Row) throws -> Row {
        let rate = load * Double(maximum.tokens) / maximum.wall
        let messageRate = rate * Double(maximum.messages) / Double(max(1, maximum.tokens))
        driver.resetCounts()
        let start = try moment()
        var due = ContinuousClock.now
        let deadline = due + .seconds(options.seconds)
        while ContinuousClock.now < deadline {
            while due <= ContinuousClock.now {
                try driver.send(Int.random(in: driver.streamIndices, using: &random))
                due += .seconds(exponential(rate: messageRate))
            }
            let pause = ContinuousClock.now.duration(to: min(due, deadline))
            _ = try driver.receive(timeout: max(.zero, pause))
        }
        return try finish(.rate(load: load, offered: rate), since: start)
    }

    private mutating func exponential(rate: Double) -> Double {
        // The largest value that is less than 1 keeps the logarithm finite.
        -log1p(-Double.random(in: 0..<1, using: &random)) / rate
    }

    // MARK: Reading

    private struct Moment {
        let wall: ContinuousClock.Instant
        let daemon: Double
        let driver: Double
    }

    private func moment() throws -> Moment {
        Moment(wall: .now, daemon: try daemon.cpu, driver: CPUTime.ofProcess)
    }

    /// Tokens and messages are those within the time; latencies may end after it.
    private mutating func finish(_ phase: Phase, since start: Moment) throws -> Row {
        let end = try moment()
        let within = driver.counts
        let wall = start.wall.duration(to: end.wall) / .seconds(1)
        let work = work(from: start.wall, to: end.wall)
        if phase != .saturation { try settle() }
        let counts = phase == .saturation ? within : driver.counts
        let unfinished = phase == .saturation ? 0 : driver.unfinishedMessages
        if phase == .saturation { try settle() }
        return Row(
            phase: phase, tokens: within.tokens, messages: within.messages, wall: wall,
            daemonCPU: end.daemon - start.daemon, driverCPU: end.driver - start.driver,
            p50: counts.latency(percentile: 50), p90: counts.latency(percentile: 90),
            p99: counts.latency(percentile: 99), latencies: counts.latencyCount,
            sequenceGaps: counts.sequenceGaps, errors: counts.errors,
            unfinishedMessages: unfinished, meanBatch: work?.meanBatch,
            meanStreams: work?.meanStreams, rowsPerToken: work?.rowsPerToken)
    }

    /// By the daemon's log, which is written once a second.
    private func work(
        from start: ContinuousClock.Instant, to end: ContinuousClock.Instant
    ) -> (meanBatch: Double, meanStreams: Double, rowsPerToken: Double)? {
        guard let (first, last) = daemon.log.samples(from: start, to: end) else { return nil }
        let rows = Double(last.rows - first.rows)
        let tokens = driver.tokens(from: first.time, to: last.time)
        let steps = Double(last.steps - first.steps)
        return (
            rows / steps, Double(last.turns - first.turns) / steps, rows / Double(max(1, tokens))
        )
    }

    /// Waits for messages in flight.
    private mutating func settle() throws {
        let deadline = ContinuousClock.now + .seconds(Self.settleSeconds)
        while driver.unfinishedMessages > 0, ContinuousClock.now < deadline {
            _ = try driver.receive(timeout: .milliseconds(50))
        }
    }
}
