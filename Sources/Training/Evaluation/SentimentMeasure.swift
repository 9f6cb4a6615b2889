/// The results of a model on labelled texts.
package struct SentimentMeasure: Sendable {
    /// The accuracy after the beginning of each text.
    package struct Prefix: Sendable, Equatable {
        /// From 0 to 1.
        package let accuracy: Double
        /// The number of texts that are longer.
        package let longerCount: Int
    }

    package let confusion: Confusion
    package let calibration: Calibration
    /// After 1/4, 1/2, 3/4 and all of each text.
    package let byQuarters: [Prefix]
    /// After 1, 2, 4, … tokens, up to the longest text. Shorter texts count whole.
    package let byTokens: [(tokens: Int, prefix: Prefix)]
    package let tokens: Int
    package let bytes: Int
}
