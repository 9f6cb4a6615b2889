import StrictTOML

/// What may come for each stream whose name begins so; `.max` for any number.
package struct StreamLimits: Sendable, Equatable, ConfigurationSection {
    /// "" for all streams. Of several the longest counts.
    package var prefix = ""
    package var rates = RateSettings()
    /// Bytes of text in one message.
    package var textBytes = Int.max
    /// Producers in use at a time.
    package var producers = Int.max

    package init() {}

    static var fields: [Field] {
        [
            Field(
                "prefix", \.prefix,
                .text(
                    expecting: "the beginning of a stream id, or \"\" for all", allowsEmpty: true)
            ).live
        ] + RateSettings.fields(\.rates) + [
            Field("max_text_bytes", \.textBytes, .limit(1...1 << 30)).live,
            Field("producers", \.producers, .limit(1...1 << 30)).live,
        ]
    }
}
