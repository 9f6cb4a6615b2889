import DequeModule
import Journal
package import Wire

/// One stream that cannot be gone on with, since what the store has of it is not what was written
/// or cannot be read. Its inputs are refused; all other streams go on.
extension Shard {
    /// The streams known to be so, and why.
    package var damages: [StreamID: Refusal] { damaged.refusals }

    /// The same, which are then forgotten.
    func takeDamages() -> [StreamID: Refusal] {
        guard !damaged.refusals.isEmpty else { return [:] }
        defer { damaged = DamagedStreams() }
        return damaged.refusals
    }

    /// Stops a stream whose rows were found to be damaged.
    package func stop(_ id: StreamID, because reason: String) {
        let damage = Self.damage(id, reason)
        guard damaged[id] == nil else { return }
        if let stream = table[id] { return stop(stream, damage) }
        damaged.insert(id, damage)
        refuse(named: id, damage)
    }

    /// Takes a stream out of memory as it is. What the store has of it stays as it was.
    func stop(_ stream: StreamState, _ damage: Refusal) {
        damaged.insert(stream.id, damage)
        scheduler.remove(stream)
        messages?.remove(stream)
        leaveTable(stream)
        refuse(named: stream.id, damage)
        guard let work = stream.work else { return }
        stream.work = nil
        for case .finished(let receipt) in work.steps { finish(weight: receipt.weight) }
        for item in work.items {
            if case .query(let reply) = item.content { reply(.failure(damage)) }
            finish(weight: item.weight)
        }
    }

    /// What is said of a stream of which this was found.
    static func damage(_ id: StreamID, _ reason: String) -> Refusal {
        Refusal(
            .damaged,
            "the stream is stopped, because its record in the store cannot be read: \(reason)")
    }

    /// What reading a stream failed with; nil if every stream would fail with it.
    func damage(_ id: StreamID, from error: any Error, in store: JournalReader) -> Refusal? {
        let damage = Self.damage(id, "\(error)")
        switch (error as? JournalError)?.code {
        case .damaged, .foreign, nil: damaged.insert(id, damage)
        // Where the rest can be read, it is this stream's rows that cannot; they may be later.
        case .io: if (try? store.horizon()) == nil { return nil }
        case .unreadable, .readOnly, .inUse, .locked, .moved, .full, .missing: return nil
        }
        return damage
    }

    /// An input for a stream that is stopped.
    func refuse(_ item: StreamWork.Item, of id: StreamID, _ damage: Refusal) {
        finish(weight: item.weight)
        switch item.content {
        case .request(let request):
            let refusal = Refusal(damage.code, damage.message, endpoint: request.endpoint)
            acknowledge(request, .refused(refusal))
            refuse(named: id, refusal)
        case .refusal(let refusal): refuse(named: id, refusal)
        case .query(let reply): reply(.failure(damage))
        }
    }
}

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
