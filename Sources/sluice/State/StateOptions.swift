import ArgumentParser
import Client
import Daemon
import Foundation
import Journal
import Model
import Storage
import Wire
import ZeroMQ

/// Where the streams are: in a daemon, or in the store of a daemon that does not run.
struct StateOptions: ParsableArguments {
    @OptionGroup var daemon: ControlOptions

    @Option(help: ArgumentHelp("A store, instead of a daemon.", valueName: "file"))
    var store: String?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            """
            The model's folder, for use without a daemon (default: the folder recorded in the store, \
            or the shipped model).
            """, valueName: "folder"))
    var model: String?

    func validate() throws {
        guard to == nil || store == nil else {
            throw ValidationError("--to and --store exclude each other")
        }
    }

    var to: Endpoint? { daemon.to }

    func client() throws -> ControlClient { try daemon.client() }

    /// Sends one request to a daemon.
    func ask<Value: Decodable>(
        _ operation: ControlRequest.Operation, payload: [UInt8]? = nil,
        for type: Value.Type = Value.self
    ) throws -> (result: Value, payload: [[UInt8]]) {
        try daemon.ask(operation, payload: payload, for: type)
    }

    func models(of reader: (any HistoryReader)? = nil) throws -> ModelFinder {
        try ModelFinder(given: model, stored: reader?.models() ?? [])
    }

    /// Nil where a daemon is asked.
    var storage: (any Storage)? { store.map { JournalStorage(path: $0) } }

    /// Runs requests on a store that no daemon writes.
    func withSession(_ path: String, model: Model, _ body: (StoreSession) throws -> Void) throws {
        let session: StoreSession
        do {
            session = try StoreSession(store: path, model: model)
        } catch let error as StorageError where error.code == .inUse {
            throw StateError.inUse(error)
        }
        do {
            try body(session)
        } catch let refusal as Refusal {
            try session.close()
            throw StateError.refused(refusal, store: path)
        }
        try session.close()
    }
}

/// Why a state cannot be read or moved.
enum StateError: Error, CustomStringConvertible {
    case inUse(StorageError)
    case noStream(StreamID, store: String)
    case refused(Refusal, store: String)
    /// The stream of a snapshot exists.
    case exists(StreamID)
    case snapshot(String, file: String)
    /// None of the folders has the model with this fingerprint.
    case noModel(Fingerprint, looked: [String])
    case terminal

    var description: String {
        switch self {
        case .inUse(let error):
            "\(error); to change streams of a running daemon, name its control socket with --to "
                + "instead of --store"
        case .noStream(let stream, let store):
            "\(store): there is no stream '\(stream.text)'; it has received no text, or has ended"
        case .refused(let refusal, let store): "\(store): \(refusal)"
        case .exists(let stream):
            "the stream '\(stream.text)' exists and is left unchanged; --replace ends it first, "
                + "--stream names another"
        case .snapshot(let problem, let file): "\(file): \(problem)"
        case .noModel(let fingerprint, let looked):
            "found no model with the fingerprint \(fingerprint.short) in "
                + "\(looked.joined(separator: ", ")); name its folder with --model"
        case .terminal:
            "a snapshot is not text for a terminal; name a file with -o, or use a pipe"
        }
    }
}
