/// Keeps the subscriptions of one connection within the topics that its key allows.
///
/// A subscription is the beginning of topics. What it and the key have in common is the beginning of
/// each allowed topic that it covers, or itself where the key allows all of it. libzmq is sent only
/// these. Several subscriptions can share one of them, so they are counted.
struct TopicNarrowing {
    private let allowed: [[UInt8]]
    private var subscriptions: Set<[UInt8]> = []
    private var users: [[UInt8]: Int] = [:]

    /// - Parameter allowed: beginnings of topics.
    init(_ allowed: [[UInt8]]) { self.allowed = allowed }

    /// The subscriptions that have together exactly the topics that begin with `topic` and are
    /// allowed; none covers another.
    static func narrowed(_ topic: [UInt8], to allowed: [[UInt8]]) -> [[UInt8]] {
        if allowed.contains(where: { topic.starts(with: $0) }) { return [topic] }
        let covered = Set(allowed.filter { $0.starts(with: topic) })
        return covered.filter { one in !covered.contains { $0 != one && one.starts(with: $0) } }
    }

    /// What libzmq is to be sent for a change, in any order.
    ///
    /// - Returns: no topics and true where nothing of it is allowed.
    mutating func apply(_ change: ZMTPMeter.Change) -> (topics: [[UInt8]], isRefused: Bool) {
        let topics = Self.narrowed(change.topic, to: allowed)
        guard !topics.isEmpty else { return ([], change.isSubscribe) }
        if change.isSubscribe {
            guard subscriptions.insert(change.topic).inserted else { return ([], false) }
            return (topics.filter { add($0) }, false)
        }
        guard subscriptions.remove(change.topic) != nil else { return ([], false) }
        return (topics.filter { remove($0) }, false)
    }

    var count: Int { subscriptions.count }

    /// Whether it is new.
    private mutating func add(_ topic: [UInt8]) -> Bool {
        users[topic, default: 0] += 1
        return users[topic] == 1
    }

    /// Whether nobody uses it any more.
    private mutating func remove(_ topic: [UInt8]) -> Bool {
        guard let count = users[topic] else { return false }
        users[topic] = count == 1 ? nil : count - 1
        return count == 1
    }
}
