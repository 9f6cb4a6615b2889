import Engine
package import Wire

/// What was published for one topic: bodies and sequence numbers, in order.
package struct Published: Equatable {
    package var bodies: [String] = []
    package var sequences: [UInt64] = []

    package init(bodies: [String] = [], sequences: [UInt64] = []) {
        self.bodies = bodies
        self.sequences = sequences
    }

    package mutating func append(_ body: ArraySlice<UInt8>, _ sequence: UInt64) {
        bodies.append(String(decoding: body, as: UTF8.self))
        sequences.append(sequence)
    }
}

/// Everything published, by output and topic.
package struct Recording: Equatable {
    package var topics: [[String: Published]]

    package init(outputs: Int = 1) { topics = Array(repeating: [:], count: outputs) }

    package mutating func add(_ frames: EventFrames, output: Int = 0) {
        for entry in frames.entries {
            let topic = String(decoding: frames.topic(of: entry), as: UTF8.self)
            topics[output][topic, default: Published()].append(
                frames.body(of: entry), entry.sequence)
        }
    }

    package subscript(topic: String) -> Published { topics[0][topic] ?? Published() }

    /// What was published about one stream.
    package func about(_ stream: String) -> [String: Published] {
        topics[0].filter { $0.key.hasSuffix("/\(stream)") }
    }

    package func events(_ kind: EventKind, _ stream: String) throws -> [Event] {
        try self["\(kind.rawValue)/\(stream)"].bodies.map {
            try Event(kind: kind, body: Array($0.utf8))
        }
    }
}
