import ArgumentParser
import Bench
import Foundation
import Kernels
import Model

struct BenchStreams: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "streams",
        abstract: "Open many streams, come back to some, and check that each is exact.",
        discussion: """
            The engine holds few streams in memory and evicts the others to a store. Each stream \
            gets one message; then some, at random, get a second. Every one of those is compared, \
            bit for bit, with a stream that had the same two messages and was never evicted. The \
            table shows memory and store as they grow; the exit code is 1 if a stream is not exact.

              sluice bench streams
              sluice bench streams --streams 100000 --revisits 10000 --model my-model
              sluice bench streams --store-folder /var/tmp --json

            The model is small and random (\(NetworkShape.small)), unless one is named. The store takes \
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
            "Most streams that a compute thread holds in memory.", valueName: "number"))
    var maxStreams = 20_000

    @Option(help: ArgumentHelp("Words in a message.", valueName: "number"))
    var words = 3

    @Option(name: [.short, .long], help: ArgumentHelp("Compute threads.", valueName: "number"))
    var threads = 1

    @Flag(inversion: .prefixedNo, help: "Put each commit on the disk, as \"commit\" does.")
    var durable = true

    @Option(
        help: ArgumentHelp(
            "Where the store is made, for as long (default: a folder for temporary files).",
            valueName: "folder"))
    var storeFolder: String?

    @Option(help: ArgumentHelp("Text to send (default: a page of a novel).", valueName: "file"))
    var text: String?

    @OptionGroup var options: BenchOptions

    func validate() throws {
        for (name, value, most) in [
            ("streams", streams, 1 << 30), ("revisits", revisits ?? 1, streams),
            ("max-streams", maxStreams, 1 << 24), ("words", words, 1 << 16),
            ("threads", threads, 1024),
        ] where !(1...max(1, most)).contains(value) {
            throw ValidationError("--\(name) is from 1 to \(most)")
        }
    }

    func run() throws {
        try benchmarking(json: options.json) { output in
            let kernels = try options.kernels()
            let text = try benchText(text)
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
        try report.begin(maxStreams: maxStreams * threads)
        let outcome = try measurement.run(in: benchStoreFolder(storeFolder)) { row in
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
        measured.threads = threads
        measured.words = words
        measured.isDurable = durable
        return measured
    }
}
