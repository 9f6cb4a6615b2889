package import Wire

/// Notices events that were published but did not arrive, by each topic's sequence numbers.
package struct SequenceTracker: Sendable {
    package enum Finding: Equatable, Sendable {
        /// The next one, or the first that we see of its topic.
        case inOrder
        case gap(missing: UInt64)
        /// The numbers began anew: another stream of that name, or the daemon was started again.
        case restarted
    }

    private var nextSequence: [Topic: UInt64] = [:]

    package init() {}

    package mutating func note(_ topic: Topic, _ sequence: UInt64) -> Finding {
        let expected = nextSequence.updateValue(sequence &+ 1, forKey: topic)
        guard let expected, expected != sequence else { return .inOrder }
        return sequence > expected ? .gap(missing: sequence - expected) : .restarted
    }
}
