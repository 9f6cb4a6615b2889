import RateLimits
package import StrictTOML

/// The limits of one key of the list: those that differ from `[limits.key]`; `.max` for any number.
package struct KeyLimitChanges: Sendable, Equatable, ConfigurationSection {
    package var messagesPerSecond: Int?
    package var messageBurst: Int?
    package var bytesPerSecond: Int?
    package var byteBurst: Int?
    package var textBytes: Int?
    package var streams: Int?
    package var producers: Int?
    package var connections: Int?
    package var subscriptions: Int?

    package init() {}

    static var fields: [Field] {
        let rate = ConfigurationCodec<Int>.limit(1...RateLimit.most)
        let burst = ConfigurationCodec<Int>.integer(1...RateLimit.most)
        let number = ConfigurationCodec<Int>.limit(1...1 << 30)
        return [
            Field("messages_per_second", optional: \.messagesPerSecond, rate),
            Field("message_burst", optional: \.messageBurst, burst),
            Field("bytes_per_second", optional: \.bytesPerSecond, rate),
            Field("byte_burst", optional: \.byteBurst, burst),
            Field("max_text_bytes", optional: \.textBytes, number),
            Field("streams", optional: \.streams, number),
            Field("producers", optional: \.producers, number),
            Field("connections", optional: \.connections, number),
            Field("subscriptions", optional: \.subscriptions, number),
        ]
    }

    package var isEmpty: Bool { self == Self() }

    /// As the list of keys has them.
    package var entries: [ConfigurationValue.Entry] {
        if case .table(let entries) = Self.codec.encode(self) { entries } else { [] }
    }

    /// For people: `messages_per_second=100 streams=5`.
    package var text: String {
        entries.map { entry in
            if case .integer(let number) = entry.value {
                "\(entry.key)=\(number)"
            } else {
                "\(entry.key)=unlimited"
            }
        }.joined(separator: " ")
    }

    /// Reads `NAME=VALUE`, as `sluice key add --limit` takes it.
    ///
    /// - Throws: `ConfigurationError`.
    package mutating func set(_ assignment: String) throws(ConfigurationError) {
        let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
        let value: ConfigurationValue =
            parts.count == 2 ? Int(parts[1]).map { .integer($0) } ?? .text(parts[1]) : .text("")
        var merged = Self.codec.encode(self)
        merged.set(value, at: [.key(parts.first ?? "")])
        var problems: [ConfigurationError.Problem] = []
        let changed = Self.codec.decode(merged, "", &problems)
        guard let changed, problems.isEmpty else {
            throw ConfigurationError(source: "--limit", problems: problems)
        }
        self = changed
    }

    /// The limits of the key. A rate of its own has a burst of its own.
    func applied(to usual: KeyLimits) -> KeyLimits {
        var limits = usual
        if let messagesPerSecond {
            limits.rates.messagesPerSecond = messagesPerSecond
            limits.rates.messageBurst = nil
        }
        if let bytesPerSecond {
            limits.rates.bytesPerSecond = bytesPerSecond
            limits.rates.byteBurst = nil
        }
        limits.rates.messageBurst = messageBurst ?? limits.rates.messageBurst
        limits.rates.byteBurst = byteBurst ?? limits.rates.byteBurst
        limits.textBytes = textBytes ?? limits.textBytes
        limits.streams = streams ?? limits.streams
        limits.producers = producers ?? limits.producers
        limits.connections = connections ?? limits.connections
        limits.subscriptions = subscriptions ?? limits.subscriptions
        return limits
    }
}
