import ArgumentParser
import Bench
import Client
import Engine
import Replay
import Terminal
import Wire

struct ReplayBundle: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle", abstract: "Put one session, with its model, into one file.",
        discussion: """
            For a bug report: a store of that life alone, with its checkpoints and the files of the \
            models that read it. Every replay command takes it as --store, on any machine.

              sluice replay bundle reviews -o bug.sluice
              sluice replay bundle reviews --from 120000 -o bug.sluice   from the checkpoint before
              sluice replay verify reviews --store bug.sluice

            It holds all that was sent to the stream. Look at it with `replay show` before you \
            give it away.
            """)

    @OptionGroup var session: SessionOptions

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Where to write it; nothing is overwritten.", valueName: "file"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "Leave out what came before the last checkpoint before this place.",
            valueName: "place"), transform: parsedPlace)
    var from: PlaceText?

    func run() throws {
        let summary = try BundleWriter.write(
            try session.open(), to: output, from: from?.place(epoch: nil) ?? .start)
        guard TextOutput.standardOutput.isTerminal else {
            return try TextOutput.standardOutput.write(line(summary).description + "\n")
        }
        try TextOutput.standardOutput.write(
            "\(output): \(summary.requests) requests, \(summary.checkpoints) checkpoints, "
                + "\(summary.models.count) models, "
                + "\(Progress.bytes(Double(summary.bytes)))\n")
    }

    private func line(_ summary: BundleWriter.Summary) -> JSONLine {
        var line = JSONLine()
        line.add("file", output)
        line.add("requests", summary.requests)
        line.add("checkpoints", summary.checkpoints)
        let models = summary.models.map { "\"\($0)\"" }.joined(separator: ", ")
        line.add("models", json: "[\(models)]")
        line.add("bytes", summary.bytes)
        return line
    }
}
