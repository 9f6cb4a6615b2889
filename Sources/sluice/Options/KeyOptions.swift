import ArgumentParser
import Curve
import Foundation
import ZeroMQ

/// The keys of a client. Files are named, never secrets: arguments are visible to all users.
struct KeyOptions: ParsableArguments {
    static let keyVariable = "SLUICE_CLIENT_KEY"
    static let serverKeyVariable = "SLUICE_CLIENT_SERVER_KEY"

    @Option(
        help: ArgumentHelp(
            """
            This client's secret key, as `sluice keygen` makes it (default: the file that \
            $\(keyVariable) names). Not used for ipc.
            """, valueName: "file"))
    var key: String?

    @Option(
        help: ArgumentHelp(
            """
            The daemon's public key: its file, or its 40 characters (default: \
            $\(serverKeyVariable)).
            """, valueName: "file or key"))
    var serverKey: String?

    /// The keys for an endpoint; nil where none are given, and for ipc.
    ///
    /// - Throws: `CurveKeyError`, `ValidationError` where only one is given.
    func client(for endpoint: Endpoint) throws -> SocketOptions.CurveClient? {
        guard endpoint.isTCP else { return nil }
        let environment = ProcessInfo.processInfo.environment
        let key = key ?? environment[Self.keyVariable]
        let serverKey = serverKey ?? environment[Self.serverKeyVariable]
        guard key != nil || serverKey != nil else { return nil }
        guard let key, let serverKey else {
            throw ValidationError(
                key == nil
                    ? "--server-key needs --key, this client's secret key"
                    : "--key needs --server-key, the daemon's public key")
        }
        let certificate = try CurveCertificate(secretFile: key)
        guard let pair = certificate.pair else { return nil }
        return .init(pair, serverKey: try CurvePublicKey(textOrFile: serverKey))
    }
}
