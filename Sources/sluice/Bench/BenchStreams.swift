import ArgumentParser
import Bench
import Foundation
import Kernels
import Model

struct BenchStreams: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "streams",
        abstract: "Open many streams, return to some, and check that each state is exact.",
        discussion: """
            The engine holds few streams in memory and evicts the others to a store. Each stream \
            gets one message; then streams chosen at random get a second one. The state of each of \
            those is compared, bit for bit, with that of a stream that read the same two messages \
            and was never evicted. The table shows the memory and the size of the store as they \
            grow. The exit code is 1 if a state differs.

              sluice bench streams
              sluice bench streams --streams 100000 --revisits 10000 --model my-model
              sluice bench streams --store-folder /var/tmp --json

            The default model is small and random (\(NetworkShape.small)). The store takes \
            about 0.8 GB for a million streams of it.
            """)

    @Option(help: ArgumentHelp("Streams to open.", valueName: "number"))
    var streams = 1_000_000

    @Option(
        help: ArgumentHelp(
            "Streams that get a second message (default: a tenth).", valueName: "number"))
    var revisits: Int?

    @Option(
        help: ArgumentHelp(
            "The most streams that a compute thread holds in memory.", valueName: "number"))
    var maxStreams = 20_000

    @Option(help: ArgumentHelp("Words in a message.", valueName: "number"))
    var words = 3

    @Flag(
        inversion: .prefixedNo,
        help: "Wait until each commit is on the disk, as durability commit does.")
    var durable = true

    @OptionGroup var storeOptions: BenchStoreOptions
    @OptionGroup var textOptions: BenchTextOptions
    @OptionGroup var options: BenchOptions

    func validate() throws {
        try checkCounts([
            ("streams", streams, 1 << 30), ("revisits", revisits ?? 1, streams),
            ("max-streams", maxStreams, 1 << 24), ("words", words, 1 << 16),
            ("threads", storeOptions.threads, 1024),
        ])
    }

    func run() throws {
        try benchmarking(json: options.json) { output in
            let kernels = try options.kernels()
            let text = try textOptions.read()
            let isNamed = options.model != nil || options.shape != nil
            let subjects = try isNamed ? options.subjects() : [.random(.small)]
            for subject in subjects {
                let model = try subject.withFolder { try Model.load(from: $0, inputTable: nil) }
                try measure(model, subject.name, text, kernels, output)
            }
        }
    }

    private func measure(
        _ model: Model, _ name: String, _ text: String, _ kernels: Kernels, _ output: BenchOutput
    ) throws {
        let report = StreamsReport(subject: name, streams: streams, output: output)
        let measurement = StreamsMeasurement(
            model, text: text, measurementOptions(kernels), output.interruption)
        try report.begin(maxStreams: maxStreams * storeOptions.threads)
        let outcome = try measurement.run(in: storeOptions.folder) { row in
            try report.show(row)
        }
        try report.show(outcome)
        if outcome.exact < outcome.revisited { throw ExitCode.failure }
    }

    private func measurementOptions(_ kernels: Kernels) -> StreamsMeasurement.Options {
        var measured = StreamsMeasurement.Options(kernels: kernels)
        measured.streams = streams
        measured.revisits = revisits ?? max(1, streams / 10)
        measured.resident = maxStreams
        measured.threads = storeOptions.threads
        measured.words = words
        measured.isDurable = durable
        return measured
    }
}
