/// One stream as its publisher and subscriber sees it: which messages are in flight, and which
/// tokens have arrived, by their offsets.
package struct DrivenStream {
    struct Message {
        /// Its bytes in the stream.
        let bytes: Range<UInt64>
        let sentAt: ContinuousClock.Instant
    }

    /// What the arrival of a token showed.
    package struct Arrival: Equatable {
        /// Of the messages that the token has bytes of; not of one whose last byte, a space, it
        /// takes in: a streaming tokenizer may rightly hold that back until the next message.
        package var latencies: [Duration] = []
        /// Messages that are complete except for that space.
        package var finished = 0
    }

    /// Where its next message is in the text.
    package var position: Int
    private var sent: UInt64 = 0
    private var seen: UInt64 = 0
    private(set) var underWay: [Message] = []
    /// Of the last event, by topic.
    private var sequences: [UInt8: UInt64] = [:]

    package init(position: Int) { self.position = position }

    package var unfinishedMessages: Int { underWay.count }

    package mutating func send(byteCount: Int, at time: ContinuousClock.Instant) {
        let end = sent + UInt64(byteCount)
        underWay.append(Message(bytes: sent..<end, sentAt: time))
        sent = end
    }

    /// A token that ends at this offset has arrived. Nil if it was known: the event is about a
    /// whole message.
    package mutating func receive(
        tokenEnd end: UInt64, at time: ContinuousClock.Instant
    ) -> Arrival? {
        guard end > seen else { return nil }
        seen = end
        var arrival = Arrival()
        while let message = underWay.first, end > message.bytes.lowerBound {
            if end < message.bytes.upperBound {
                arrival.latencies.append(message.sentAt.duration(to: time))
            }
            if end < message.bytes.upperBound - 1 { break }
            underWay.removeFirst()
            arrival.finished += 1
        }
        return arrival
    }

    /// How many events of this topic, known by its first byte, were lost before this one.
    package mutating func gap(before sequence: UInt64, topic: UInt8) -> Int {
        defer { sequences[topic] = max(sequence, sequences[topic] ?? 0) }
        guard let last = sequences[topic], sequence > last else { return 0 }
        return Int(sequence - last - 1)
    }
}
