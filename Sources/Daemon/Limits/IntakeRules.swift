import RateLimits
import Wire

/// The limits on messages, as they are applied.
struct IntakeRules: Sendable, Equatable {
    let connection: Rates
    /// Of keys without limits of their own.
    let key: KeyLimits
    /// Streams in use at a time, of all senders; `.max` for any number.
    let streams: Int
    /// How long streams and producers are in use after their last message, in nanoseconds.
    let window: Int64
    /// Those with the longest prefixes first.
    private let ofStreams: [StreamLimits]

    init(_ limits: Configuration.Limits) {
        connection = limits.connection.rates
        key = limits.key
        streams = limits.streamsInUse
        let (seconds, attoseconds) = limits.useWindow.components
        window = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        ofStreams = limits.streams.sorted { $0.prefix.utf8.count > $1.prefix.utf8.count }
    }

    /// Whether nothing is limited but what the list of keys says of single keys.
    var isUnlimited: Bool {
        connection.isUnlimited && key == KeyLimits() && streams == .max && ofStreams.isEmpty
    }

    /// What the configuration has for a stream; nil for nothing.
    func limits(of stream: StreamID) -> StreamLimits? {
        ofStreams.first { stream.utf8.starts(with: $0.prefix.utf8) }
    }

    func limits(of key: AccessKey) -> KeyLimits { key.limits.applied(to: self.key) }
}
