import ArgumentParser
import Client
import Engine
import Files
import Replay
import Storage
import Terminal
import Wire

struct StateGet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Take a snapshot of a stream.",
        discussion: """
            The snapshot is taken after all text received so far. The stream continues. With \
            --store, accepted text that was not yet read is read first.

              sluice state get news -o news.state
              sluice state get news > news.state
              sluice state get news | sluice state put - --stream copy
            """)

    @Argument(
        help: ArgumentHelp("The stream.", valueName: "stream"), transform: parsedStream)
    var stream: StreamID

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The file to write (default: the standard output).", valueName: "file"))
    var output: String?

    @OptionGroup var options: StateOptions

    func run() throws {
        guard output != nil || !TextOutput.standardOutput.isTerminal else {
            throw StateError.terminal
        }
        let bytes = try snapshot()
        if let output, output != "-" {
            var file = try OutputFile(output, isPrivate: true)
            try file.write(bytes)
            try file.complete(isDurable: true)
        } else {
            try TextOutput.standardOutput.write(bytes)
        }
        guard TextOutput.standardError.isTerminal else { return }
        let moved = MovedStream(try StreamSnapshot(decoding: bytes), bytes: bytes.count)
        try TextOutput.standardError.write(StateText.line(moved, "wrote the state of"))
    }

    private func snapshot() throws -> [UInt8] {
        if let storage = options.storage {
            let store = try SessionStore(storage, models: ModelCache())
            return try store.existingState(of: stream, options.models(of: store.reader)).encoded()
        }
        let (moved, payload) = try options.ask(.get(stream), for: MovedStream.self)
        let bytes = payload.first ?? []
        do throws(SnapshotError) {
            _ = try StreamSnapshot(decoding: bytes)
        } catch {
            throw StateError.snapshot("\(error)", file: moved.stream)
        }
        return bytes
    }
}
