import Curve
import Foundation
import ZeroMQ

/// Keys of a daemon and of one client that may do everything, made anew.
struct BenchKeys {
    private let server = CurveKeyPair()
    private let own = CurveKeyPair()

    var client: SocketOptions.CurveClient {
        SocketOptions.CurveClient(own, serverKey: server.publicKey)
    }

    /// Writes the key files of the daemon.
    ///
    /// - Returns: the daemon's configuration of access.
    /// - Throws: `CocoaError`, `CurveKeyError`.
    func write(in folder: URL) throws -> String {
        let files = try CurveCertificate.write(server, named: "server", in: folder.path)
        let keys = folder.appending(path: "keys.toml")
        try Data(
            """
            [[key]]
            name = "bench"
            public = '\(own.publicKey.text)'
            rights = ["publish", "subscribe"]

            """.utf8
        ).write(to: keys)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: keys.path)
        return """
            [access]
            server_key = '\(files.secretFile)'
            keys = '\(keys.path)'

            """
    }
}
