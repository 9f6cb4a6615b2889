import ArgumentParser
import Client
import Daemon
import Engine
import Storage
import Terminal
import Wire

struct StatePut: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Start a stream from a snapshot.",
        discussion: """
            The stream continues where the snapshot was taken. Returns once the daemon's journal \
            has stored the request. An existing stream is left unchanged, unless --replace is given. \
            The daemon must serve the same model.

              sluice state put news.state
              sluice state put news.state --stream copy
              sluice state put news.state --replace          replace the stream
              sluice state put news.state --store journal.sqlite
            """)

    @Argument(
        help: ArgumentHelp(
            "A snapshot written by get; - is the standard input.", valueName: "file"))
    var file: String

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The stream (default: the name in the snapshot).", valueName: "name"),
        transform: parsedStream)
    var stream: StreamID?

    @Flag(help: "End an existing stream of that name first.")
    var replace = false

    @Flag(help: "JSON; the default when the output is not a terminal.")
    var json = false

    @OptionGroup var options: StateOptions

    func run() throws {
        let snapshot = try SnapshotInput.read(file).portable(as: stream)
        let moved = try namingReplace(snapshot.stream) { try put(snapshot) }
        let output = TextOutput.standardOutput
        if json || !output.isTerminal {
            try output.write(moved.controlJSON() + [0x0A])
        } else {
            try output.write(StateText.line(moved, "put"))
        }
    }

    /// Turns the refusal of an existing stream into advice.
    private func namingReplace<Result>(
        _ stream: StreamID, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch ClientError.declined(let refusal, _)
            where refusal.code == Refusal.Code.streamExists.rawValue
        {
            throw StateError.exists(stream)
        } catch StateError.refused(let refusal, _) where refusal.code == .streamExists {
            throw StateError.exists(stream)
        }
    }

    private func put(_ snapshot: StreamSnapshot) throws -> MovedStream {
        let bytes = snapshot.encoded()
        guard let store = options.store, let storage = options.storage else {
            return try options.ask(.put(as: snapshot.stream, replace: replace), payload: bytes)
                .result
        }
        let model = try options.models(of: storage.makeReader()).model(snapshot.model)
        try options.withSession(store, model: model) { session in
            _ = try SnapshotValidator(model: model).admit(bytes)
            if replace { try end(snapshot.stream, session) }
            try session.perform(
                Request(stream: snapshot.stream, operation: .put, text: bytes))
        }
        return MovedStream(snapshot, bytes: bytes.count)
    }

    private func end(_ stream: StreamID, _ session: StoreSession) throws {
        do {
            try session.perform(Request(stream: stream, operation: .end))
        } catch let refusal as Refusal where refusal.code == .noSuchStream {
        }
    }
}
