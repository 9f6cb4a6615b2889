/// The connections that are not through their handshake, by their numbers, which rise with their age.
struct GateHalfOpen {
    private struct Place: Hashable {
        let endpoint: ObjectIdentifier
        let address: GateAddress
    }

    private var ofEndpoints: [ObjectIdentifier: Set<UInt64>] = [:]
    private var ofAddresses: [Place: Set<UInt64>] = [:]

    mutating func add(_ connection: GateConnection) {
        let endpoint = ObjectIdentifier(connection.endpoint.listener)
        ofEndpoints[endpoint, default: []].insert(connection.id)
        guard let address = connection.address else { return }
        ofAddresses[Place(endpoint: endpoint, address: address), default: []].insert(connection.id)
    }

    /// It is through its handshake, or closed.
    mutating func remove(_ connection: GateConnection) {
        let endpoint = ObjectIdentifier(connection.endpoint.listener)
        Self.remove(connection.id, from: &ofEndpoints, endpoint)
        guard let address = connection.address else { return }
        Self.remove(
            connection.id, from: &ofAddresses, Place(endpoint: endpoint, address: address))
    }

    private static func remove<Key>(
        _ id: UInt64, from sets: inout [Key: Set<UInt64>], _ key: Key
    ) {
        sets[key]?.remove(id)
        if sets[key]?.isEmpty == true { sets[key] = nil }
    }

    /// The connection of an endpoint that has been longest in its handshake, if there are so many.
    func oldest(of endpoint: GateEndpoint, ifAtLeast count: Int = 1) -> UInt64? {
        Self.oldest(ofEndpoints[ObjectIdentifier(endpoint.listener)], count)
    }

    /// The same of those with one address.
    func oldest(
        of endpoint: GateEndpoint, at address: GateAddress?, ifAtLeast count: Int
    ) -> UInt64? {
        guard let address else { return nil }
        let place = Place(endpoint: ObjectIdentifier(endpoint.listener), address: address)
        return Self.oldest(ofAddresses[place], count)
    }

    private static func oldest(_ ids: Set<UInt64>?, _ count: Int) -> UInt64? {
        guard let ids, ids.count >= count else { return nil }
        return ids.min()
    }
}
