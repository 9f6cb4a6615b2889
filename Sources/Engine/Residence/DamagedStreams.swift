import Wire

/// Streams that are stopped. Of very many the first are looked for in the store again.
struct DamagedStreams {
    private static let most = 65_536

    private(set) var refusals: [StreamID: Refusal] = [:]

    subscript(id: StreamID) -> Refusal? { refusals[id] }

    mutating func insert(_ id: StreamID, _ refusal: Refusal) {
        if refusals.count >= Self.most { refusals.removeAll() }
        refusals[id] = refusal
    }
}
