/// What a model made of labelled texts.
package struct SentimentMeasure: Sendable {
    /// The accuracy after a part of each text.
    package struct Prefix: Sendable, Equatable {
        /// From 0 to 1.
        package let accuracy: Double
        /// Texts that are longer than that.
        package let longerCount: Int
    }

    package let confusion: Confusion
    package let calibration: Calibration
    /// By quarters read: 1/4, 1/2, 3/4 and the whole of each text.
    package let byQuarters: [Prefix]
    /// By tokens read, 1, 2, 4, … up to the longest text; of a shorter text, all of it.
    package let byTokens: [(tokens: Int, prefix: Prefix)]
    package let tokens: Int
    package let bytes: Int
}
