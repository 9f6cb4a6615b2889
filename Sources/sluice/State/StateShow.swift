import ArgumentParser
import Client
import Engine
import Replay
import Storage
import Terminal
import Wire

struct StateShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the state of a stream.",
        discussion: """
            Shows counters, held-back bytes, the last token and sentiment, and the norms of the \
            state's vectors. Equal states have equal digests.

              sluice state show news
              sluice state show news --store journal.sqlite
              sluice state show --file news.state
              sluice state show news --json | jq .norms
            """)

    @Argument(
        help: ArgumentHelp("The stream.", valueName: "stream"), transform: parsedStream)
    var stream: StreamID?

    @Option(
        help: ArgumentHelp(
            "A snapshot written by get; - is the standard input.", valueName: "file"))
    var file: String?

    @Flag(help: "JSON; the default when the output is not a terminal.")
    var json = false

    @OptionGroup var options: StateOptions

    func validate() throws {
        guard (stream == nil) != (file == nil) else {
            throw ValidationError("name a stream, or a snapshot with --file")
        }
        guard file == nil || (options.to == nil && options.store == nil) else {
            throw ValidationError("--file needs neither --to nor --store")
        }
    }

    func run() throws {
        let report = try report()
        let output = TextOutput.standardOutput
        if json || !output.isTerminal {
            try output.write(report.controlJSON(pretty: json) + [0x0A])
        } else {
            try output.write(StateText.lines(report))
        }
    }

    private func report() throws -> StreamReport {
        if let file { return try report(of: try SnapshotInput.read(file), options.models()) }
        guard let stream else { throw ValidationError("name a stream") }
        guard let storage = options.storage else { return try options.ask(.show(stream)).result }
        let store = try SessionStore(storage, models: ModelCache())
        let models = try options.models(of: store.reader)
        return try report(of: try store.existingState(of: stream, models), models)
    }

    private func report(of snapshot: StreamSnapshot, _ models: ModelFinder) throws -> StreamReport {
        StreamReport(snapshot, model: try models.modelIfFound(snapshot.model))
    }
}

extension SessionStore {
    /// - Throws: `StateError.noStream` if there is none.
    func existingState(of stream: StreamID, _ models: ModelFinder) throws -> StreamSnapshot {
        guard let snapshot = try state(of: stream, models: models.model) else {
            throw StateError.noStream(stream, store: path)
        }
        return snapshot.portable()
    }
}
