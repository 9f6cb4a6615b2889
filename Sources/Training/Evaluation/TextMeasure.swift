import Foundation

/// How well a model predicts a text.
package struct TextMeasure: Sendable, Equatable {
    /// The sum of the surprisals of the predicted tokens.
    package let bits: Double
    /// The number of predicted tokens: all, except the first if the model has no start token.
    package let tokens: Int
    /// The bytes of those tokens.
    package let bytes: Int
    /// The number of lanes; 1 if the text was read as one stream.
    package let lanes: Int

    package var bitsPerByte: Double { bits / Double(bytes) }
    package var bitsPerToken: Double { bits / Double(tokens) }
    package var perplexity: Double { exp2(bitsPerToken) }
    package var bytesPerToken: Double { Double(bytes) / Double(tokens) }
}
