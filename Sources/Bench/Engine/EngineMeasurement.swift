package import Client
import Engine
package import Kernels
import Metrics
package import Model
package import Wire

/// Measures the engine without sockets: streams that always have text, events encoded and counted.
package struct EngineMeasurement {
    package struct Options: Sendable {
        package var threads = 1
        package var maxBatch = 64
        /// What is subscribed to.
        package var events = EventKind.allCases
        package var seconds = 3.0
        package var kernels: Kernels

        package init(kernels: Kernels) { self.kernels = kernels }
    }

    package struct Row: Sendable {
        package let streams: Int
        package let tokens: Int
        package let events: Int
        /// Of the engine: the feeder's CPU time is left out.
        package let elapsed: Elapsed
        /// Tokens of a step.
        package let meanBatch: Double
        /// Streams of a step.
        package let meanStreams: Double
        /// CPU seconds of a token in the network alone, at the same mean batch.
        package let networkCPU: Double

        /// The fraction of CPU time outside the network: scheduler, tokenizer, encoding.
        package var overhead: Double { 1 - networkCPU * Double(tokens) / elapsed.cpu }
    }

    private let model: Model
    private let messages: [[UInt8]]
    private let options: Options

    private static let warmUp = 0.5

    package init(_ model: Model, text: String, _ options: Options) {
        self.model = model
        self.options = options
        messages = BenchText.messages(of: text, words: TextFeeder.words)
    }

    /// - Throws: `ModelError`, `KernelError`, `ZeroMQError`, `Interrupted`.
    package func row(streams: Int, _ interruption: Interruption) throws -> Row {
        let (before, after) = try counters(streams: streams, interruption)
        let steps = Double(after.steps - before.steps)
        let tokens = after.tokens - before.tokens
        let meanBatch = Double(tokens) / max(1, steps)
        let meanStreams = Double(after.turns - before.turns) / max(1, steps)
        let cost = NetworkCost(model.network, kernels: options.kernels)
        return Row(
            streams: streams, tokens: tokens, events: after.events - before.events,
            elapsed: Elapsed(wall: after.wall - before.wall, cpu: after.cpu - before.cpu),
            meanBatch: meanBatch, meanStreams: meanStreams,
            networkCPU: try cost.perRow(
                meanBatch: meanBatch, meanStreams: meanStreams,
                withHead: options.events.contains(.next), seconds: options.seconds / 3,
                interruption))
    }

    private struct Counters {
        var tokens: Int
        var steps: Int
        var turns: Int
        var events: Int
        var wall: Double
        var cpu: Double
    }

    /// The counters at the beginning and at the end of the measured time.
    private func counters(
        streams: Int, _ interruption: Interruption
    ) throws -> (Counters, Counters) {
        let events = Counter("events", "events that were made")
        let engine = try engine(streams: streams, events)
        let names = try (0..<streams).map { try StreamID("bench-\($0)") }
        let feeder = TextFeeder(engine, streams: names, messages: messages)
        defer {
            engine.abandon()
            _ = engine.finish()
            feeder.join()
        }
        let start = ContinuousClock.now
        func counters() -> Counters {
            Counters(
                tokens: engine.statistics.rows.value,
                steps: engine.statistics.steps.value,
                turns: engine.statistics.turns.value,
                events: events.value, wall: start.duration(to: .now) / .seconds(1),
                cpu: CPUTime.ofProcess - feeder.cpu)
        }
        try interruption.pause(seconds: Self.warmUp)
        let before = counters()
        try interruption.pause(seconds: options.seconds)
        return (before, counters())
    }

    private func engine(streams: Int, _ events: Counter) throws -> Engine {
        var engineOptions = EngineOptions()
        engineOptions.shards = options.threads
        engineOptions.maxBatch = options.maxBatch
        engineOptions.kernelTier = options.kernels.tier
        engineOptions.maxStreams = streams
        engineOptions.queueBytes = TextFeeder.queueBytes(
            streams: streams, shards: options.threads, messages: messages)
        let demand = Demand(outputs: 1)
        for kind in options.events { demand.subscribe(output: 0, to: kind.topicPrefix) }
        return try Engine(
            model: model, options: engineOptions, outputs: [OutputProfile()], demand: demand
        ) { _, frames in events.add(frames.entries.count) }
    }
}
