/// What all connections of each key hold together. It belongs to the gate's thread.
struct GateKeys {
    /// Of one key.
    final class Use {
        let name: String
        fileprivate(set) var limits: GatePeer.Limits
        fileprivate(set) var connections = 0
        private(set) var subscriptions = 0

        fileprivate init(_ peer: GatePeer) { (name, limits) = (peer.name, peer.limits) }

        func addSubscriptions(_ count: Int) throws(GateRefusal) {
            subscriptions += count
            guard count > 0, subscriptions > limits.subscriptions else { return }
            throw GateRefusal(
                .subscriptions,
                "the key '\(name)' has more than \(limits.subscriptions) subscriptions, counting one "
                    + "for each \(GateRules.subscriptionUnit) bytes begun of a topic")
        }
    }

    private var uses: [String: Use] = [:]

    /// A client has connected.
    ///
    /// - Throws: `GateRefusal` if its key has too many connections.
    mutating func join(_ peer: GatePeer) throws(GateRefusal) -> Use {
        let use = uses[peer.name] ?? Use(peer)
        use.limits = peer.limits
        guard use.connections < peer.limits.connections else {
            throw GateRefusal(
                .connections,
                "the key '\(peer.name)' has \(peer.limits.connections) connections already")
        }
        use.connections += 1
        uses[peer.name] = use
        return use
    }

    /// A client's connection has ended.
    mutating func leave(_ use: Use, subscriptions: Int) {
        use.connections -= 1
        try? use.addSubscriptions(-subscriptions)
        if use.connections == 0 { uses[use.name] = nil }
    }

    /// Its limits have changed. No connection is closed for that.
    func adopt(_ peer: GatePeer) { uses[peer.name]?.limits = peer.limits }
}
