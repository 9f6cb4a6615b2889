import ArgumentParser
import Client
import Daemon
import Journal
import Model
import Storage
import Wire

struct StateReset: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Zero the state of a stream, and raise its epoch.",
        discussion: """
            Held-back bytes and queued text are dropped. The sequence numbers of its events continue. \
            Returns once the daemon's journal has stored the request.

              sluice state reset news
            """)

    @Argument(
        help: ArgumentHelp("The stream.", valueName: "stream"), transform: parsedStream)
    var stream: StreamID

    @OptionGroup var options: StateOptions

    func run() throws {
        try reportingFailure { try options.change(stream, .reset, .reset(stream)) }
    }
}

struct StateEnd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end", abstract: "End a stream: read its held-back bytes, and remove it.",
        discussion: """
            Queued text is dropped, and a message that is being read is cut off and has no score. \
            Returns once the daemon's journal has stored the request.

              sluice state end news
            """)

    @Argument(
        help: ArgumentHelp("The stream.", valueName: "stream"), transform: parsedStream)
    var stream: StreamID

    @OptionGroup var options: StateOptions

    func run() throws {
        try reportingFailure { try options.change(stream, .end, .end(stream)) }
    }
}

extension StateOptions {
    /// Requests a change from the daemon, or makes it in the store.
    fileprivate func change(
        _ stream: StreamID, _ request: Request.Operation, _ operation: ControlRequest.Operation
    ) throws {
        guard let store else {
            _ = try ask(operation, for: ChangedStream.self)
            return
        }
        let reader = try JournalReader(path: store)
        let model = try models(of: reader).model(try reader.lastModel(of: stream))
        try withSession(store, model: model) { session in
            try session.perform(Request(stream: stream, operation: request))
        }
    }
}

extension JournalReader {
    /// The model that last read the stream.
    ///
    /// - Throws: `StateError.noStream` where there is none.
    fileprivate func lastModel(of stream: StreamID) throws -> Fingerprint {
        let last = try latestIncarnation(of: stream)
        let before = last.flatMap { last in
            last.incarnation.number == 0
                ? nil
                : StreamIncarnation(
                    key: 0, name: stream, number: last.incarnation.number - 1, began: 0)
        }
        guard let last, !last.isEnded,
            let summary = try streams(prefix: stream.text, after: before, limit: 1).first,
            let model = summary.model.flatMap({ Fingerprint(bytes: $0) })
        else { throw StateError.noStream(stream, store: path) }
        return model
    }
}
