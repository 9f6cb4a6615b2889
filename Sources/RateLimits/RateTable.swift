/// The rates of many senders: how many messages and bytes each has sent of late. A sender whose rates
/// are unused again is forgotten, so only those that have just sent something take memory.
package struct RateTable<Sender: Hashable & Sendable>: Sendable {
    private struct Use {
        var messages = TokenBucket()
        var bytes = TokenBucket()
        /// From when on it is as if it had never sent anything.
        var end: Int64 = 0

        mutating func take(bytes count: Int, _ rates: Rates, _ now: Int64) {
            if let limit = rates.messages {
                messages.take(1, limit, now: now)
                end = max(end, messages.full(limit))
            }
            if let limit = rates.bytes {
                bytes.take(count, limit, now: now)
                end = max(end, bytes.full(limit))
            }
        }
    }

    private var uses: [Sender: Use] = [:]
    /// How many are kept before those that have ended are looked for.
    private var room = Self.leastRoom

    private static var leastRoom: Int { 1024 }

    package init() {}

    package var count: Int { uses.count }

    /// How long a sender must wait until it may send a message, by each rate; 0 for not at all.
    package func wait(
        of sender: Sender, bytes: Int, _ rates: Rates, now: Int64
    ) -> (messages: Int64, bytes: Int64) {
        let use = uses[sender] ?? Use()
        return (
            rates.messages.map { use.messages.wait(for: 1, $0, now: now) } ?? 0,
            rates.bytes.map { use.bytes.wait(for: bytes, $0, now: now) } ?? 0
        )
    }

    /// The sender sends a message, for which it has not to wait.
    package mutating func take(_ sender: Sender, bytes: Int, _ rates: Rates, now: Int64) {
        guard !rates.isUnlimited else { return }
        if uses.count >= room { forget(now) }
        uses[sender, default: Use()].take(bytes: bytes, rates, now)
    }

    private mutating func forget(_ now: Int64) {
        uses = uses.filter { $0.value.end > now }
        room = max(Self.leastRoom, 2 * uses.count)
    }
}
