import ArgumentParser
import Client
import Daemon
import Foundation
import Journal
import Model
import Wire
import ZeroMQ

/// Where the streams are: with a daemon, or in the store of one that does not run.
struct StateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The daemon's control socket (default: \(ControlPlace.description)).",
            valueName: "endpoint"), transform: parsedEndpoint)
    var to: Endpoint?

    @Option(help: ArgumentHelp("A store, without a daemon.", valueName: "file"))
    var store: String?

    @Option(
        help: ArgumentHelp("How long the daemon may take to answer.", valueName: "duration"),
        transform: parsedDuration)
    var timeout = Duration.seconds(5)

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            """
            The model's folder, where there is no daemon (default: where the store says that it \
            was, or the shipped model).
            """, valueName: "folder"))
    var model: String?

    func validate() throws {
        guard to == nil || store == nil else {
            throw ValidationError("--to and --store exclude each other")
        }
        guard timeout > .zero else { throw ValidationError("--timeout is above 0") }
    }

    /// A daemon's control socket; its answers come within the time allowed.
    func client() throws(ZeroMQError) -> ControlClient {
        try ControlClient(
            to ?? ControlPlace.found(ProcessInfo.processInfo.environment).endpoint,
            timeout: timeout)
    }

    /// One question to a daemon.
    func ask<Value: Decodable>(
        _ operation: ControlRequest.Operation, payload: [UInt8]? = nil,
        for type: Value.Type = Value.self
    ) throws -> (result: Value, payload: [UInt8]?) {
        var client = try client()
        return try client.ask(operation, payload: payload, for: type)
    }

    func models(of reader: JournalReader? = nil) throws -> ModelFinder {
        try ModelFinder(given: model, stored: reader?.models() ?? [])
    }

    /// Carries something out on a store that no daemon writes.
    func withSession(
        _ path: String, model: Model, _ body: (StoreSession) throws -> Void
    ) throws {
        let session: StoreSession
        do {
            session = try StoreSession(store: path, model: model)
        } catch let error as JournalError where error.code == .inUse {
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

/// Why a state could not be looked at or moved.
enum StateError: Error, CustomStringConvertible {
    case inUse(JournalError)
    case noStream(StreamID, store: String)
    case refused(Refusal, store: String)
    /// A snapshot was to begin it.
    case exists(StreamID)
    case snapshot(String, file: String)
    /// None of the folders holds the model with this fingerprint.
    case noModel(Fingerprint, looked: [String])
    case terminal

    var description: String {
        switch self {
        case .inUse(let error):
            "\(error); to change streams of a daemon that runs, name its control socket with --to "
                + "in place of --store"
        case .noStream(let stream, let store):
            "\(store): there is no stream '\(stream.text)'; it has had no text, or has ended"
        case .refused(let refusal, let store): "\(store): \(refusal)"
        case .exists(let stream):
            "the stream exists: '\(stream.text)' stays as it is; --replace ends it first, --stream "
                + "names another"
        case .snapshot(let problem, let file): "\(file): \(problem)"
        case .noModel(let fingerprint, let looked):
            "the model with the fingerprint \(fingerprint.short) is needed, and is not in "
                + "\(looked.joined(separator: ", ")); name its folder with --model"
        case .terminal:
            "a snapshot is not for a terminal; name a file with -o, or pipe it on"
        }
    }
}
