import StrictTOML

/// What all connections of one key together may do; `.max` for any number.
package struct KeyLimits: Sendable, Equatable, ConfigurationSection {
    package var rates = RateSettings()
    /// Bytes of text in one message.
    package var textBytes = Int.max
    /// Streams and producers in use at a time.
    package var streams = Int.max
    package var producers = Int.max
    package var connections = Int.max
    package var subscriptions = Int.max

    package init() {}

    static var fields: [Field] {
        RateSettings.fields(\.rates) + [
            Field("max_text_bytes", \.textBytes, .limit(1...1 << 30)).live,
            Field("streams", \.streams, .limit(1...1 << 30)).live,
            Field("producers", \.producers, .limit(1...1 << 30)).live,
            Field("connections", \.connections, .limit(1...1 << 30)).live,
            Field("subscriptions", \.subscriptions, .limit(1...1 << 30)).live,
        ]
    }
}
