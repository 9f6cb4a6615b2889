import ArgumentParser
import Bench
import Foundation
import Kernels
import Model

struct BenchDaemon: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "daemon",
        abstract: "Measure a whole daemon over TCP sockets: throughput, then latency.",
        discussion: """
            Starts `sluice serve` as a process of its own, on loopback, and drives it. First every \
            stream keeps messages under way (saturation); then messages arrive at random, at parts \
            of that maximum. A token's latency runs from the sending of the message with its last \
            byte to the arrival of its event. "Around the network" is all of the daemon's CPU time \
            that the network alone, timed in the same run, does not explain.

              sluice bench daemon
              sluice bench daemon --text book.txt --threads 2
              sluice bench daemon --streams 1 --words 1 --outstanding 1 --loads 0.5
              sluice bench daemon --model my-model --json

            The driver takes part of a core itself: leave it one.
            """)

    @Option(help: ArgumentHelp("Streams that send.", valueName: "number"))
    var streams = 64

    @Option(help: ArgumentHelp("Words in a message.", valueName: "number"))
    var words = 4

    @Option(help: ArgumentHelp("Messages of a stream under way at once.", valueName: "number"))
    var outstanding = 2

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Compute threads of the daemon.", valueName: "number"))
    var threads = 1

    @Option(
        help: ArgumentHelp(
            "Parts of the maximum; none for saturation alone.", valueName: "part,..."),
        transform: parsedLoads)
    var loads = [0.5, 0.75]

    @Option(
        help: ArgumentHelp("For each phase.", valueName: "number"), transform: parsedSeconds)
    var seconds = 10.0

    @Option(help: ArgumentHelp("Text to send (default: a page of a novel).", valueName: "file"))
    var text: String?

    @OptionGroup var options: BenchOptions

    func validate() throws {
        for (name, value, most) in [
            ("streams", streams, 1 << 20), ("words", words, 1 << 16),
            ("outstanding", outstanding, 1 << 10), ("threads", threads, 1024),
        ] where !(1...most).contains(value) {
            throw ValidationError("--\(name) is from 1 to \(most)")
        }
    }

    func run() throws {
        try benchmarking(json: options.json) { output in
            let text = try benchText(text)
            for subject in try options.subjects() {
                output.progress(subject.name)
                try subject.withFolder { try measure($0, subject.name, text, output) }
            }
        }
    }

    private func measure(
        _ folder: URL, _ name: String, _ text: String, _ output: BenchOutput
    ) throws {
        let kernels = try options.kernels()
        let network = NetworkCost(
            try Model.load(from: folder, inputTable: kernels).network, kernels: kernels)
        let daemon = try ServedDaemon([
            "--model", folder.path, "--threads", "\(threads)", "--kernel-tier",
            kernels.tier.rawValue,
        ])
        var measurement = try DaemonMeasurement(
            daemon, text: text, measurementOptions, output.interruption)
        let report = DaemonReport(
            subject: name, threads: threads, streams: streams, network: network, output: output)
        try report.begin(tier: kernels.tier)
        output.progress("\(name), saturation")
        let maximum = try measurement.saturate()
        try report.show(maximum)
        guard maximum.messages > 0 else { return }
        for load in loads {
            output.progress("\(name), load \(load)")
            try report.show(try measurement.hold(load: load, of: maximum))
        }
    }

    private var measurementOptions: DaemonMeasurement.Options {
        var options = DaemonMeasurement.Options()
        options.streams = streams
        options.words = words
        options.outstanding = outstanding
        options.seconds = seconds
        return options
    }
}

private func parsedLoads(_ text: String) throws -> [Double] {
    if text == "none" { return [] }
    return try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
        guard let load = Double(part), (0.001...1).contains(load) else {
            throw ValidationError("'\(part)' is no part of the maximum, from 0.001 to 1")
        }
        return load
    }
}
