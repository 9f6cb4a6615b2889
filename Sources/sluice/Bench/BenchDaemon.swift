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

            Each durability of the journal has a daemon of its own, and they are measured in turns: \
            what is shown is the round in the middle, and the middle of the rounds' ratios to \
            "off". Parts of the maximum are parts of the maximum of "off", if that is measured.

              sluice bench daemon
              sluice bench daemon --text book.txt --threads 2
              sluice bench daemon --durability commit,off --loads none
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

    @Option(help: ArgumentHelp("Rounds of each phase.", valueName: "number"))
    var rounds = 3

    @Option(
        help: ArgumentHelp(
            "Durabilities to compare: commit, relaxed, off (default: all).",
            valueName: "durability,..."), transform: parsedDurabilities)
    var durability = BenchDurability.allCases

    @Option(
        help: ArgumentHelp(
            "Where the daemons' stores are made, for as long (default: a folder for temporary files).",
            valueName: "folder"))
    var storeFolder: String?

    @Option(help: ArgumentHelp("Text to send (default: a page of a novel).", valueName: "file"))
    var text: String?

    @OptionGroup var options: BenchOptions

    func validate() throws {
        for (name, value, most) in [
            ("streams", streams, 1 << 20), ("words", words, 1 << 16),
            ("outstanding", outstanding, 1 << 10), ("threads", threads, 1024),
            ("rounds", rounds, 1000),
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
        let arguments = [
            "--model", folder.path, "--threads", "\(threads)", "--kernel-tier",
            kernels.tier.rawValue,
        ]
        let place = benchStoreFolder(storeFolder)
        var comparison = try DurabilityComparison(
            durability, rounds: rounds, text: text, measurementOptions, output.interruption
        ) { try ServedDaemon(durability: $0, in: place, arguments) }
        let report = DaemonReport(
            subject: name, threads: threads, streams: streams, network: network, output: output)
        try report.begin(tier: kernels.tier)
        output.progress("\(name), saturation")
        for result in try comparison.saturate() { try report.show(result) }
        for load in loads {
            output.progress("\(name), load \(load)")
            for result in try comparison.hold(load: load) { try report.show(result) }
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

private func parsedDurabilities(_ text: String) throws -> [BenchDurability] {
    let parts = try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
        guard let durability = BenchDurability(rawValue: String(part)) else {
            let known = BenchDurability.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("'\(part)' is no durability; expected some of \(known)")
        }
        return durability
    }
    return BenchDurability.allCases.filter(parts.contains)
}

/// Where stores are made: a disk, as that of a daemon would be.
func benchStoreFolder(_ path: String?) -> URL {
    path.map { URL(filePath: $0) } ?? FileManager.default.temporaryDirectory
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
