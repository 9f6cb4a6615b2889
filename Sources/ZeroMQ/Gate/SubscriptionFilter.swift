/// Passes on what a subscriber with a key may send to an output: pings, and subscriptions within its
/// topics. Everything else it drops.
struct SubscriptionFilter {
    private var narrowing: TopicNarrowing?
    var rules: GateRules
    private var isInMessage = false

    /// - Parameter topics: beginnings of those allowed; nil for all.
    init(_ topics: [[UInt8]]?, _ rules: GateRules) {
        narrowing = topics.map { TopicNarrowing($0) }
        self.rules = rules
    }

    mutating func pass(
        _ frame: ZMTPFrames.Frame, _ output: inout CurveChannel.Output
    ) throws(GateRefusal) {
        if frame.isCommand { return try pass(command: frame, &output) }
        let isWhole = !isInMessage && !frame.hasMore
        isInMessage = frame.hasMore
        // libzmq would take a later frame of a message for a subscription too.
        guard isWhole, let first = frame.body.first, first <= 1 else { return }
        try change(.init(isSubscribe: first == 1, topic: Array(frame.body.dropFirst())), &output)
    }

    private mutating func pass(
        command frame: ZMTPFrames.Frame, _ output: inout CurveChannel.Output
    ) throws(GateRefusal) {
        if let topic = Self.rest(of: frame.body, after: "SUBSCRIBE") {
            try change(.init(isSubscribe: true, topic: topic), &output)
        } else if let topic = Self.rest(of: frame.body, after: "CANCEL") {
            try change(.init(isSubscribe: false, topic: topic), &output)
        } else if ["PING", "PONG"].contains(where: { Self.rest(of: frame.body, after: $0) != nil })
        {
            output.inward += ZMTPFrames.bytes(frame.body, flags: 4)
        }
    }

    private static func rest(of body: [UInt8], after name: String) -> [UInt8]? {
        let name = [UInt8(name.utf8.count)] + Array(name.utf8)
        return body.starts(with: name) ? Array(body.dropFirst(name.count)) : nil
    }

    private mutating func change(
        _ change: ZMTPMeter.Change, _ output: inout CurveChannel.Output
    ) throws(GateRefusal) {
        guard change.topic.count <= rules.topicBytes else {
            throw GateRefusal(
                .topicBytes,
                "a topic has \(change.topic.count) bytes; expected at most \(rules.topicBytes)")
        }
        var topics = [change.topic]
        if let narrowed = narrowing?.apply(change) {
            topics = narrowed.topics
            if narrowed.isRefused { output.refusedTopics.append(change.topic) }
        }
        // The meter counts what libzmq is sent; this counts what it was made of.
        guard narrowing?.count ?? 0 <= rules.subscriptions else {
            throw GateRefusal(.subscriptions, "more than \(rules.subscriptions) subscriptions")
        }
        for topic in topics {
            output.inward += ZMTPFrames.bytes([change.isSubscribe ? 1 : 0] + topic, flags: 0)
        }
    }
}
