import Synchronization
import Wire

/// The topics that each output has subscribers for.
///
/// Outputs change it from their threads as subscriptions come and go; shards read it. Events without
/// a subscriber are not computed.
package final class Demand: Sendable {
    /// Outputs that one engine can have: `Wanted` has four bits for each.
    package static let mostOutputs = 16

    private let subscriptions: Mutex<[Subscriptions]>
    /// Rises with every change, so that a stream knows when its copy is old.
    private let changes = Atomic<UInt64>(1)

    /// - Parameter outputs: how many there are; none has a subscriber yet.
    package init(outputs: Int) {
        precondition(outputs <= Self.mostOutputs)
        subscriptions = Mutex(Array(repeating: Subscriptions(), count: outputs))
    }

    package var generation: UInt64 { changes.load(ordering: .acquiring) }

    /// An output has a subscriber for all topics that begin with this.
    package func subscribe(output: Int, to prefix: [UInt8]) {
        change(output: output, wanted: [prefix], unwanted: [])
    }

    /// The last subscriber has gone.
    package func unsubscribe(output: Int, from prefix: [UInt8]) {
        change(output: output, wanted: [], unwanted: [prefix])
    }

    /// Several changes as one: shards see all of them or none.
    package func change(output: Int, wanted: [[UInt8]], unwanted: [[UInt8]]) {
        let isChanged = subscriptions.withLock { outputs in
            let added = wanted.count { outputs[output].insert($0) }
            let removed = unwanted.count { outputs[output].remove($0) }
            return added + removed > 0
        }
        if isChanged { changes.add(1, ordering: .releasing) }
    }

    /// What is wanted of this stream, by all outputs.
    package func wanted(of stream: [UInt8]) -> Wanted {
        let topics = EventKind.allCases.map { $0.topicPrefix + stream }
        return subscriptions.withLock { outputs in
            var wanted = Wanted()
            for (output, subscriptions) in outputs.enumerated() {
                for (kind, topic) in zip(EventKind.allCases, topics)
                where subscriptions.match(topic) {
                    wanted.insert(kind, output: output)
                }
            }
            return wanted
        }
    }
}

/// A set of topic prefixes that is asked whether one of them begins a topic.
private struct Subscriptions {
    private var prefixes: Set<[UInt8]> = []
    /// How many prefixes there are of each length: only those lengths need be looked up.
    private var lengths: [Int: Int] = [:]

    /// Says whether it is new.
    mutating func insert(_ prefix: [UInt8]) -> Bool {
        guard prefixes.insert(prefix).inserted else { return false }
        lengths[prefix.count, default: 0] += 1
        return true
    }

    /// Says whether it was there.
    mutating func remove(_ prefix: [UInt8]) -> Bool {
        guard prefixes.remove(prefix) != nil, let count = lengths[prefix.count] else {
            return false
        }
        lengths[prefix.count] = count == 1 ? nil : count - 1
        return true
    }

    func match(_ topic: [UInt8]) -> Bool {
        lengths.keys.contains { $0 <= topic.count && prefixes.contains(Array(topic[..<$0])) }
    }
}
