import Curve
import ZeroMQ

/// What a socket is to have from now on: its endpoints and its limits. Endpoints that it does not
/// have yet listen already, so that nothing can fail any more on the socket's thread.
struct SocketChange: Sendable {
    let bind: [Endpoint]
    let connect: [Endpoint]
    let limits: Configuration.Limits
    /// For connections of TCP that the socket begins.
    fileprivate(set) var curve: SocketOptions.CurveClient?
    fileprivate(set) var opened: [Endpoint: GateOpening] = [:]

    func keeps(_ endpoint: Endpoint, isBound: Bool) -> Bool {
        (isBound ? bind : connect).contains(endpoint)
    }
}

/// The endpoints of a socket in a configuration.
struct SocketPlaces: Equatable {
    /// As errors name it: `input[0]`.
    let key: String
    let bind: [Endpoint]
    var connect: [Endpoint] = []
    /// Of the server where it connects: the public key or its file.
    var serverKey: String?
}

extension SocketOpener {
    /// Begins to listen at the endpoints that a socket is to gain.
    ///
    /// - Throws: `ReloadError` with each that cannot be bound. Nothing listens then.
    func prepare(
        from old: SocketPlaces, to new: SocketPlaces, _ options: SocketOptions,
        _ limits: Configuration.Limits, for purpose: AccessPurpose
    ) throws(ReloadError) -> SocketChange {
        var change = SocketChange(bind: new.bind, connect: new.connect, limits: limits)
        var problems: [String] = []
        for (index, endpoint) in new.bind.enumerated() where !old.bind.contains(endpoint) {
            do throws(ZeroMQError) {
                change.opened[endpoint] = try listen(at: endpoint, options, for: purpose)
            } catch {
                problems.append("\(new.key).bind[\(index)]: \(error)")
            }
        }
        do throws(CurveKeyError) {
            change.curve = try curve(new.serverKey)
        } catch {
            problems.append("\(new.key).server_key: \(error)")
        }
        guard problems.isEmpty else { throw ReloadError(problems: problems) }
        return change
    }
}
