package import Wire

/// Follows each topic's sequence numbers. It detects events that did not arrive, and events that arrive
/// again: after a crash the daemon republishes events that may not have been received.
///
/// Numbers also restart, after the end of a stream or with a daemon without a store. So an event is a
/// repeat only if the connection was lost before it and its body is the same.
package struct SequenceTracker: Sendable {
    package enum Finding: Equatable, Sendable {
        /// The next number, or the first of its topic.
        case inOrder
        case gap(missing: UInt64)
        /// The numbers restarted: another stream of that name, or a restarted daemon.
        case restarted
        /// It was received before.
        case repeated
    }

    /// Two generations of topics. The older one is dropped when the newer one is full.
    private var recent: [Topic: TopicMemory] = [:]
    private var older: [Topic: TopicMemory] = [:]
    private var recentSize = 0
    private var connection = 0
    /// All that came by earlier connections than this one has been received.
    private var settled = 0

    /// The size of a generation: 4 bytes for an event, some hundred for a topic.
    private static let generationSize = 4 << 20
    private static let topicSize = 64

    package init() {}

    /// From now on, events may be repeats.
    package mutating func noteDisconnection() { connection += 1 }

    /// What came by the earlier connections has been received: new numbers are of the present one, and
    /// come after its repeats.
    package mutating func noteSettled() { settled = connection }

    package mutating func note(
        _ topic: Topic, _ sequence: UInt64, body: some Sequence<UInt8>
    ) -> Finding {
        let digest = Self.digest(body)
        var finding = Finding.inOrder
        // Taken out, so that it is changed in place.
        if var memory = take(topic) {
            finding = memory.note(sequence, digest, connection, settled)
            keep(memory, of: topic)
        } else {
            keep(TopicMemory(sequence, digest, settled), of: topic)
        }
        return finding
    }

    private mutating func take(_ topic: Topic) -> TopicMemory? {
        guard let memory = recent.removeValue(forKey: topic) else {
            return older.removeValue(forKey: topic)
        }
        recentSize -= memory.count + Self.topicSize
        return memory
    }

    private mutating func keep(_ memory: consuming TopicMemory, of topic: Topic) {
        recentSize += memory.count + Self.topicSize
        recent[topic] = memory
        if recentSize > Self.generationSize { startGeneration() }
    }

    private mutating func startGeneration() {
        older = recent
        recent = [:]
        recentSize = 0
    }

    /// FNV-1a (Fowler, Noll and Vo); never 0.
    private static func digest(_ body: some Sequence<UInt8>) -> UInt32 {
        max(1, body.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 })
    }
}

/// The latest events of one topic.
private struct TopicMemory: Sendable {
    /// Hashes of the events from `first` on; 0 for those that did not arrive.
    private var digests: [UInt32]
    private var first: UInt64
    /// The connection whose repeats, if any, have come before the topic's latest event.
    private var connection: Int

    /// The most events that can be repeated: those of the requests that the daemon was processing.
    private static let longest = 1 << 16

    init(_ sequence: UInt64, _ digest: UInt32, _ connection: Int) {
        digests = [digest]
        first = sequence
        self.connection = connection
    }

    var count: Int { digests.count }
    private var next: UInt64 { first &+ UInt64(digests.count) }

    mutating func note(
        _ sequence: UInt64, _ digest: UInt32, _ connection: Int, _ settled: Int
    ) -> SequenceTracker.Finding {
        guard sequence >= next else { return noteEarlier(sequence, digest, connection, settled) }
        let missing = sequence - next
        self.connection = settled
        if missing > Self.longest {
            self = TopicMemory(sequence, digest, settled)
        } else {
            digests += [UInt32](repeating: 0, count: Int(missing)) + [digest]
            forgetOldest()
        }
        return missing == 0 ? .inOrder : .gap(missing: missing)
    }

    private mutating func noteEarlier(
        _ sequence: UInt64, _ digest: UInt32, _ connection: Int, _ settled: Int
    ) -> SequenceTracker.Finding {
        if self.connection != connection, sequence >= first {
            let index = Int(sequence - first)
            if sequence + 1 == next { self.connection = connection }
            if digests[index] == digest { return .repeated }
            if digests[index] == 0 {
                digests[index] = digest
                return .inOrder
            }
        }
        self = TopicMemory(sequence, digest, settled)
        return .restarted
    }

    private mutating func forgetOldest() {
        guard digests.count > 2 * Self.longest else { return }
        first += UInt64(digests.count - Self.longest)
        digests.removeFirst(digests.count - Self.longest)
    }
}
