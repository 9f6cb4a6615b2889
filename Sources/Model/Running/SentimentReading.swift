/// The output of the sentiment head for one token.
package struct SentimentReading: Sendable, Equatable {
    /// The log-odds of positive; 0 with gated pooling.
    package var logit: Float = 0
    /// With gated pooling: g, from 0 to 1, and g e. Otherwise 0.
    package var gate: Float = 0
    package var evidence: Float = 0
}
