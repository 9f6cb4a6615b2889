import Curve
import Synchronization
package import ZeroMQ

/// Who may do what: the server's key, and the list of the clients' keys, which can be replaced while
/// the daemon serves. Any thread may use it.
package final class AccessControl: Sendable {
    package let statistics = AccessStatistics()
    let log: RefusalLog
    private let pair: CurveKeyPair
    private let changed: @Sendable () -> Void
    private let current: Mutex<AccessList>
    /// Of keys without limits of their own.
    private let usualLimits: Mutex<KeyLimits>
    /// Rises with each list.
    private let generation = Atomic<Int>(0)

    /// - Parameter changed: called after each change of the list.
    init(
        _ pair: CurveKeyPair, _ list: AccessList, limits: KeyLimits, log: RefusalLog,
        changed: @escaping @Sendable () -> Void
    ) {
        usualLimits = Mutex(limits)
        self.pair = pair
        self.log = log
        self.changed = changed
        current = Mutex(list)
    }

    /// Puts another list in force. From the return of this on, every message is judged by it.
    package func replace(_ list: AccessList) {
        current.withLock { $0 = list }
        generation.add(1, ordering: .sequentiallyConsistent)
        changed()
    }

    /// Changes the limits of keys without limits of their own.
    func setUsualLimits(_ limits: KeyLimits) {
        usualLimits.withLock { $0 = limits }
        changed()
    }

    package var list: AccessList { current.withLock { $0 } }

    /// A view of the list for one thread.
    package func makeReader() -> Reader { Reader(self) }

    /// The daemon's keys, to connect to a server with this key.
    func client(of serverKey: CurvePublicKey) -> SocketOptions.CurveClient {
        SocketOptions.CurveClient(pair, serverKey: serverKey)
    }

    /// How clients of a socket are authenticated.
    package func security(for purpose: AccessPurpose) -> GateSecurity {
        GateSecurity(pair) { [self] in admission(of: $0, for: purpose) }
    }

    /// The list as one thread knows it, so that a message takes no lock.
    package struct Reader {
        private let control: AccessControl
        private var list = AccessList()
        private var generation = -1

        fileprivate init(_ control: AccessControl) { self.control = control }

        /// The key of a client, by its public key in Z85; nil if it is not on the list any more.
        package mutating func key(_ publicKey: String) -> AccessKey? {
            refresh()
            return list.key(publicKey)
        }

        /// Whether a key has limits of its own.
        mutating func hasLimits() -> Bool {
            refresh()
            return list.hasLimits
        }

        private mutating func refresh() {
            let newest = control.generation.load(ordering: .sequentiallyConsistent)
            guard newest != generation else { return }
            list = control.list
            generation = newest
        }
    }

    // MARK: Connections

    private func admission(
        of publicKey: CurvePublicKey, for purpose: AccessPurpose
    ) -> GateAdmission {
        guard let key = list.key(publicKey.text) else {
            return .refused(
                GateRefusal(.key, "the client's key is not on the list of keys"), name: nil)
        }
        if let missing = purpose.missing(in: key) {
            return .refused(
                GateRefusal(.right, "the key '\(key.name)' \(missing)"), name: key.name)
        }
        let limits = key.limits.applied(to: usualLimits.withLock { $0 })
        return .admitted(
            GatePeer(
                name: key.name, publicKey: publicKey,
                topics: purpose == .subscribe ? key.topics : nil,
                limits: .init(
                    connections: limits.connections, subscriptions: limits.subscriptions)))
    }
}
