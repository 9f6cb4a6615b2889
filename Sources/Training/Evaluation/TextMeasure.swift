import Foundation

/// How well a model foretells a text.
package struct TextMeasure: Sendable, Equatable {
    /// The surprisals of all tokens predicted, summed.
    package let bits: Double
    /// Tokens predicted: all, but for the first one of a model without a start token.
    package let tokens: Int
    /// Of those tokens.
    package let bytes: Int
    /// Parts of the text that were read side by side; 1: as one stream.
    package let lanes: Int

    package var bitsPerByte: Double { bits / Double(bytes) }
    package var bitsPerToken: Double { bits / Double(tokens) }
    package var perplexity: Double { exp2(bitsPerToken) }
    package var bytesPerToken: Double { Double(bytes) / Double(tokens) }
}
