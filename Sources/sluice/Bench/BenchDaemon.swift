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
            Starts `sluice serve` as a separate process on loopback and drives it over TCP. In the \
            first phase (saturation) every stream keeps messages in flight. In the others messages \
            are sent at random times, at fractions of the maximum that the first one measured. The \
            latency of a token is the time from sending the message with its last byte to receiving \
            its event. "% around the network" is the part of the daemon's CPU time that the network \
            alone, timed in the same run, does not take.

            Each durability of the journal has a daemon of its own. The daemons are measured in \
            turns; the table shows the median round, and medians of the ratios to "off". Fractions \
            are of the maximum of "off", if that is measured.

              sluice bench daemon
              sluice bench daemon --text book.txt --threads 2
              sluice bench daemon --durability commit,off --loads none
              sluice bench daemon --streams 1 --words 1 --outstanding 1 --loads 0.5
              sluice bench daemon --model my-model --json

            The driver itself uses part of a core: leave one core free.
            """)

    @Option(help: ArgumentHelp("Streams that send.", valueName: "number"))
    var streams = 64

    @Option(help: ArgumentHelp("Words in a message.", valueName: "number"))
    var words = 4

    @Option(help: ArgumentHelp("Messages of a stream in flight at a time.", valueName: "number"))
    var outstanding = 2

    @Option(
        help: ArgumentHelp(
            "Fractions of the maximum; none for saturation only.", valueName: "fraction,..."),
        transform: parsedLoads)
    var loads = [0.5, 0.75]

    @Option(
        help: ArgumentHelp("Duration of each phase.", valueName: "seconds"),
        transform: parsedSeconds)
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
            """
            Where the daemon serves its metrics (default: nowhere). Scraping them is then a part of \
            what is measured. With one durability only.
            """, valueName: "endpoint"))
    var http: String?

    @Flag(help: "Encrypt the daemon's sockets and the driver's by CURVE.")
    var curve = false

    @OptionGroup var storeOptions: BenchStoreOptions
    @OptionGroup var textOptions: BenchTextOptions
    @OptionGroup var options: BenchOptions

    func validate() throws {
        try checkCounts([
            ("streams", streams, 1 << 20), ("words", words, 1 << 16),
            ("outstanding", outstanding, 1 << 10), ("threads", storeOptions.threads, 1024),
            ("rounds", rounds, 1000),
        ])
        if http != nil, durability.count != 1 {
            throw ValidationError("--http needs one --durability: each daemon would bind it")
        }
    }

    func run() throws {
        try benchmarking(json: options.json) { output in
            let text = try textOptions.read()
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
        let (threads, place) = (storeOptions.threads, storeOptions.folder)
        let arguments = [
            "--model", folder.path, "--threads", "\(threads)", "--kernel-tier",
            kernels.tier.rawValue,
        ]
        let metrics = http.map { ["--http", $0] } ?? ["--no-http"]
        var comparison = try DurabilityComparison(
            durability, rounds: rounds, text: text, measurementOptions, output.interruption
        ) {
            try ServedDaemon(
                durability: $0, in: place, isEncrypted: curve, arguments + metrics)
        }
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
            throw ValidationError("'\(part)' is not a durability; expected some of \(known)")
        }
        return durability
    }
    return BenchDurability.allCases.filter(parts.contains)
}

private func parsedLoads(_ text: String) throws -> [Double] {
    if text == "none" { return [] }
    return try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
        guard let load = Double(part), (0.001...1).contains(load) else {
            throw ValidationError("'\(part)' is not a fraction of the maximum, from 0.001 to 1")
        }
        return load
    }
}
