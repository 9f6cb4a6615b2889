/// The subscriptions of one connection, with the limits on their number and on how often they change.
struct GateSubscriptions {
    private var topics = SubscriptionSet()
    private var changes: GateRate
    private let budget: GateBudget

    init(_ rules: GateRules, _ budget: GateBudget) {
        changes = GateRate(perSecond: rules.changesPerSecond, burst: rules.subscriptions)
        self.budget = budget
    }

    var count: Int { topics.count }

    mutating func adopt(_ rules: GateRules) {
        changes.set(perSecond: rules.changesPerSecond, burst: rules.subscriptions)
    }

    /// When they may change again; nil for now.
    func wait(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let (own, all) = (changes.hasToken(now), budget.changes.hasToken(now))
        if own && all { return nil }
        return max(
            own ? now : changes.nextTime(now), all ? now : budget.changes.nextTime(now))
    }

    /// They change, or something came that might have changed them.
    mutating func apply(
        _ change: ZMTPMeter.Change?, _ rules: GateRules, of key: GateKeys.Use?,
        now: ContinuousClock.Instant
    ) throws(GateRefusal) {
        changes.take(now)
        budget.changes.take(now)
        guard let change else { return }
        let difference = topics.apply(change)
        // Each count first, since `release` takes them back.
        var refusal: GateRefusal?
        do throws(GateRefusal) { try budget.addSubscriptions(difference) } catch { refusal = error }
        try key?.addSubscriptions(difference)
        if let refusal { throw refusal }
        guard topics.count > rules.subscriptions else { return }
        throw GateRefusal(
            .subscriptions,
            "more than \(rules.subscriptions) subscriptions, counting one for each "
                + "\(GateRules.subscriptionUnit) bytes begun of a topic")
    }

    /// The connection has ended.
    func release() { budget.removeSubscriptions(topics.count) }
}
