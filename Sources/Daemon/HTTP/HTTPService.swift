import Dispatch
import HTTP
import Logging
import ZeroMQ

/// The daemon's HTTP listeners, one for each endpoint.
final class HTTPService: Sendable {
    let endpoints: [Endpoint]
    private let servers: [HTTPServer]
    private let access: HTTPAccess

    /// Binds the endpoints and begins to serve; the default endpoint only if no other process has it.
    ///
    /// - Throws: `HTTPAddressError` of an endpoint that cannot be bound, `SecretFileError`,
    ///   `WakeEventError`.
    init(
        _ configuration: Configuration.HTTP, routes: [HTTPRoute], statistics: HTTPStatistics,
        logger: Logger
    ) throws {
        let access = HTTPAccess(
            try configuration.tokenFile.map(Self.token),
            refusalsPerSecond: configuration.limits.refusalsPerSecond)
        let log = RefusalLog(logger: logger)
        let content = HTTPServer.Content(routes, access: access) { log.add($0, peer: $1) }
        var served: [(HTTPServer, Endpoint)] = []
        for endpoint in configuration.bind ?? [Configuration.DefaultEndpoint.http] {
            guard case .tcp(let host, let port) = endpoint.address else { continue }
            do throws(any Error) {
                let server = try HTTPServer(
                    host: host, port: port ?? 0, limits: configuration.limits,
                    statistics: statistics, content: content)
                served.append((server, try Endpoint("tcp://\(host):\(server.port)")))
            } catch let error as HTTPAddressError where error.isTaken && configuration.bind == nil {
                logger.event(.httpOff, .notice, "no metrics over HTTP: \(error)")
            }
        }
        self.access = access
        servers = served.map(\.0)
        endpoints = served.map(\.1)
    }

    private static func token(_ path: String) throws(SecretFileError) -> BearerToken {
        guard let token = BearerToken(try SecretFile(path).text) else {
            throw SecretFileError(
                path: path,
                problem: "has no token; expected 16 to 1024 printable characters without spaces")
        }
        return token
    }

    /// Ends each connection after the request that it is in. False if some have not ended by the
    /// deadline.
    func finish(by deadline: DispatchTime) -> Bool {
        servers.map { $0.finish(by: deadline) }.allSatisfy { $0 }
    }
}

extension HTTPService: Reloadable {
    /// Reads the file with the token again, whether or not it has another name.
    func prepare(_ change: Reload) throws(ReloadError) -> PreparedReload {
        do throws(SecretFileError) {
            let token = try change.new.http.tokenFile.map(Self.token)
            return PreparedReload { [access] in access.replaceToken(by: token) }
        } catch {
            throw ReloadError(problems: ["http.token_file: \(error)"])
        }
    }
}
