import ArgumentParser
import Bench
import Engine
import Kernels
import Model
import Wire

struct BenchEngine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract: "Measure streams, text and events, without sockets.",
        discussion: """
            Every stream always has text to read. The network alone is timed in the same run, at \
            the same mean batch; the rest of the CPU time is the scheduler, the tokenizer and the \
            encoding of events ("% around the network"). CPU figures exclude the thread that feeds \
            the text.

              sluice bench engine
              sluice bench engine --streams 64 --threads 2
              sluice bench engine --events none              without subscribers
              sluice bench engine --text book.txt --json
            """)

    @Option(
        help: ArgumentHelp("Numbers of streams to measure.", valueName: "number,..."),
        transform: parsedCounts)
    var streams = [1, 4, 16, 64, 256, 1024]

    @Option(name: [.short, .long], help: ArgumentHelp("Compute threads.", valueName: "number"))
    var threads = 1

    @Option(help: ArgumentHelp("The most streams in a step.", valueName: "number"))
    var maxBatch = 64

    @Option(
        help: ArgumentHelp(
            "Events that are subscribed to: next, sentiment, stream, error; all; or none.",
            valueName: "kind,..."), transform: parsedBenchEvents)
    var events = EventKind.allCases

    @Option(
        help: ArgumentHelp("Duration of each measurement.", valueName: "seconds"),
        transform: parsedSeconds)
    var seconds = 3.0

    @Flag(
        inversion: .prefixedNo,
        help: "Read the input products of layer 0 from a table, as serve does by default.")
    var inputTable = true

    @OptionGroup var textOptions: BenchTextOptions
    @OptionGroup var options: BenchOptions

    func validate() throws {
        try checkCounts([("threads", threads, 1024), ("max-batch", maxBatch, 4096)])
    }

    func run() throws {
        try benchmarking(json: options.json) { output in
            let kernels = try options.kernels()
            let text = try textOptions.read()
            for subject in try options.subjects() {
                output.progress(subject.name)
                let model = try subject.withFolder {
                    try Model.load(
                        from: $0, inputTable: inputTable ? kernels : nil, inputTableLimit: .max)
                }
                try measure(model, subject.name, text, kernels, output)
            }
        }
    }

    private func measure(
        _ model: Model, _ name: String, _ text: String, _ kernels: Kernels, _ output: BenchOutput
    ) throws {
        var engineOptions = EngineMeasurement.Options(kernels: kernels)
        engineOptions.threads = threads
        engineOptions.maxBatch = maxBatch
        engineOptions.events = events
        engineOptions.seconds = seconds
        let measurement = EngineMeasurement(model, text: text, engineOptions)
        try output.begin(
            "\(name), kernels \(kernels.tier.rawValue), \(threads) thread"
                + (threads == 1 ? "" : "s") + ", events: \(eventNames)",
            columns: [
                "streams": "streams", " tokens/s": "tokens_s", " events/s": "events_s",
                "tokens/CPU s": "tokens_per_cpu_s", "mean batch": "mean_batch",
                "CPU µs/token": "cpu_us_per_token", "network alone": "network_cpu_us_per_token",
                "% around the network": "around_network_percent",
            ])
        for streams in streams {
            output.progress("\(name), \(streams) streams")
            try show(
                try measurement.row(streams: streams, output.interruption), name, kernels, output)
        }
    }

    private var eventNames: String {
        events.isEmpty ? "none" : events.map(\.rawValue).joined(separator: ", ")
    }

    private func show(
        _ row: EngineMeasurement.Row, _ name: String, _ kernels: Kernels, _ output: BenchOutput
    ) throws {
        let (tokens, wall, cpu) = (Double(row.tokens), row.elapsed.wall, row.elapsed.cpu)
        var line = JSONLine()
        line.add("bench", "engine")
        line.add("engine", "sluice")
        line.add("model", name)
        line.add("threads", threads)
        line.add("streams", row.streams)
        line.add("events", eventNames)
        line.add("tokens_s", tokens / wall, digits: 0)
        line.add("events_s", Double(row.events) / wall, digits: 0)
        line.add("tokens_per_cpu_s", tokens / cpu, digits: 0)
        line.add("cores", cpu / wall, digits: 2)
        line.add("mean_batch", row.meanBatch, digits: 1)
        line.add("mean_streams", row.meanStreams, digits: 1)
        line.add("cpu_us_per_token", cpu / tokens * 1e6, digits: 1)
        line.add("network_cpu_us_per_token", row.networkCPU * 1e6, digits: 1)
        line.add("around_network_percent", 100 * row.overhead, digits: 1)
        line.add("kernel_tier", kernels.tier.rawValue)
        line.add("input_table", inputTable)
        try output.add(line)
    }
}

private func parsedBenchEvents(_ text: String) throws -> [EventKind] {
    switch text {
    case "none": []
    case "all": EventKind.allCases
    default: try parsedKinds(text)
    }
}
