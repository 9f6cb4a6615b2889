/// The subscriptions of one connection, as far as counting them needs: libzmq keeps the topics.
///
/// A topic is known by a seeded hash of 64 bits. It counts once for each `GateRules.subscriptionUnit`
/// bytes begun, since libzmq's tree takes up to 100 bytes of memory for a byte of a topic.
struct SubscriptionSet {
    private var costs: [Int: Int] = [:]
    private(set) var count = 0

    /// Says by how much the count has changed.
    mutating func apply(_ change: ZMTPMeter.Change) -> Int {
        let key = change.topic.hashValue
        let cost = change.topic.count / GateRules.subscriptionUnit + 1
        if change.isSubscribe {
            guard costs.updateValue(cost, forKey: key) == nil else { return 0 }
            count += cost
            return cost
        }
        guard let removed = costs.removeValue(forKey: key) else { return 0 }
        count -= removed
        return -removed
    }
}
