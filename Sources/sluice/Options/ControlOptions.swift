import ArgumentParser
import Client
import Daemon
import Foundation
import Wire
import ZeroMQ

/// The control socket of a daemon.
struct ControlOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The daemon's control socket (default: \(ControlPlace.description)).",
            valueName: "endpoint"), transform: parsedEndpoint)
    var to: Endpoint?

    @Option(
        help: ArgumentHelp("How long the daemon may take to answer.", valueName: "duration"),
        transform: parsedDuration)
    var timeout = Duration.seconds(5)

    @OptionGroup(title: "Keys") var keys: KeyOptions

    func validate() throws {
        guard timeout > .zero else { throw ValidationError("--timeout is above 0") }
    }

    func client() throws -> ControlClient {
        let endpoint = to ?? ControlPlace.found(ProcessInfo.processInfo.environment).endpoint
        return try ControlClient(
            endpoint, timeout: timeout, curve: try keys.client(for: endpoint))
    }

    /// Sends one request.
    func ask<Value: Decodable>(
        _ operation: ControlRequest.Operation, payload: [UInt8]? = nil,
        for type: Value.Type = Value.self
    ) throws -> (result: Value, payload: [[UInt8]]) {
        var client = try client()
        return try client.ask(operation, payload: payload, for: type)
    }
}
