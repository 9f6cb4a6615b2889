import ArgumentParser
import Bench
import Client
import Engine
import Replay
import Terminal
import Wire

struct ReplayBundle: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle", abstract: "Write one session and its models to one file.",
        discussion: """
            Use it for a bug report. The file is a store of this incarnation alone, with its \
            checkpoints and the files of the models that read it. Every replay command takes it as \
            --store, on any machine.

              sluice replay bundle reviews -o bug.sluice
              sluice replay bundle reviews --from 120000 -o bug.sluice   from the checkpoint before it
              sluice replay verify reviews --store bug.sluice

            The file contains all text that was sent to the stream. Check it with `replay show` \
            before you share it.
            """)

    @OptionGroup var session: SessionOptions

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The file to write; an existing file is not replaced.", valueName: "file"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "Begin at the last checkpoint before this place (default: the start).",
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
