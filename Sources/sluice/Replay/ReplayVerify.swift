import ArgumentParser
import Bench
import Client
import Engine
import Foundation
import Kernels
import Model
import Replay
import Storage
import Synchronization
import Terminal
import Wire

struct ReplayVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Replay a store and compare every digest in it.",
        discussion: """
            Replay must give the recorded state and events of every request and the state of every \
            checkpoint, with any batch size, number of threads and kernels. For each stream that \
            differs it prints the first difference. The exit code is 1 for a difference, 65 for a \
            damaged store and 66 for a missing model. --all also checks the store itself: pages, \
            indexes, the checksum of each row, and that no row is missing.

              sluice replay verify --all
              sluice replay verify reviews --store bug.sluice
              sluice replay verify --all --batch 1 --threads 1 --kernel-tier portable
              sluice replay verify --all | jq .equal
            """)

    @Argument(help: "The stream.", transform: parsedStream)
    var stream: StreamID?

    @Flag(help: "All incarnations of all streams, and the store itself.")
    var all = false

    @Option(
        name: .customLong("life"),
        help: ArgumentHelp(
            "The incarnation of the stream (default: the last).", valueName: "number"))
    var incarnation: UInt64?

    @Option(
        help: ArgumentHelp(
            "Parts of streams that a thread replays in one batch.", valueName: "number"))
    var batch = 64

    @Option(help: ArgumentHelp("Threads (default: one per processor).", valueName: "number"))
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            """
            Instruction set: \(KernelTier.available.map(\.rawValue).joined(separator: ", ")) \
            (default: the fastest).
            """, valueName: "tier"), transform: parsedKernelTier)
    var kernelTier: KernelTier?

    @Flag(help: "One JSON object; the default when the output is not a terminal.")
    var json = false

    @OptionGroup var store: StoreOptions

    func validate() throws {
        guard all != (stream != nil) else {
            throw ValidationError("expected the name of a stream, or --all")
        }
        if all, incarnation != nil { throw ValidationError("--life needs a stream's name") }
        guard (1...4096).contains(batch) else { throw ValidationError("--batch is from 1 to 4096") }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads is from 1 to 1024")
        }
    }

    func run() throws {
        let interruption = try Interruption.ofSignals()
        let store = try store.open(hasInputTables: true)
        let start = ContinuousClock.now
        let result = try verify(store, interruption)
        let report = VerifyReport(
            result, elapsed: ContinuousClock.now - start, options: options,
            // Where they are damaged, that is found by the check.
            recorded: (try? store.reader.runs()) ?? [])
        let showsJSON = json || !TextOutput.standardOutput.isTerminal
        try TextOutput.standardOutput.write(showsJSON ? report.json : report.text)
        if let code = report.exitCode { throw code }
    }

    private func verify(
        _ store: SessionStore, _ interruption: Interruption
    ) throws -> VerifyResult {
        let scope: VerifyScope =
            if let stream {
                .incarnation(try store.session(of: stream, incarnation: incarnation).status)
            } else { .all }
        let total = all ? try store.reader.requestCount() : nil
        let progress = VerifyProgress(totalRequests: total)
        defer { progress.clear() }
        return try Verification(
            store, scope, options: options, shouldStop: { interruption.isRequested },
            progress: progress.show
        ).run()
    }

    private var options: VerifyOptions {
        var options = VerifyOptions()
        options.batch = batch
        options.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
        options.kernelTier = kernelTier ?? .best
        return options
    }
}

/// How far verification is, on a terminal.
final class VerifyProgress: Sendable {
    private let totalRequests: Int?
    private let start = ContinuousClock.now
    private let line = ProgressLine(firstPause: .zero)

    init(totalRequests: Int?) { self.totalRequests = totalRequests }

    func show(_ counts: VerifyCounts) { line.show(text(counts)) }

    private func text(_ counts: VerifyCounts) -> String {
        var text = "verifying: \(counts.requests)"
        if let totalRequests, totalRequests > 0 {
            text += " of \(totalRequests)"
        }
        let seconds = max(1e-3, (ContinuousClock.now - start) / .seconds(1))
        return text
            + " requests  \(counts.tokens) tokens  \(Int(Double(counts.tokens) / seconds)) tokens/s"
    }

    func clear() { line.clear() }
}
