import Engine
import Wire

/// The shortest piece of text at the end of which a token of both sides ends. Tokenizers split a text
/// differently, so the sides can be compared only at such places.
package struct Segment: Sendable {
    /// The bytes of the text from each side's beginning, counted over epochs.
    package let offset: Range<UInt64>
    /// The points of side A. Both sides have at least one point, unless the text of one has ended.
    package let a: [SessionPoint]
    package let b: [SessionPoint]
    /// KL(A || B) in bits; nil if the vocabularies differ.
    package var divergence: Double?

    /// Whether both sides have points.
    package var isShared: Bool { !a.isEmpty && !b.isEmpty }

    /// The first difference, in the order of computation.
    package var difference: Difference? {
        guard let lastA = a.last, let lastB = b.last else { return .length }
        guard source(a) == source(b) else { return .text }
        guard a.compactMap(\.token?.bytes) == b.compactMap(\.token?.bytes) else { return .tokens }
        guard a.map(\.token?.surprisal) == b.map(\.token?.surprisal) else { return .surprisal }
        guard candidates(lastA) == candidates(lastB) else { return .candidates }
        guard lastA.token?.sentiment == lastB.token?.sentiment else { return .sentiment }
        guard lastA.values == lastB.values else { return .state }
        guard lastA.messageScore?.score == lastB.messageScore?.score else { return .message }
        return nil
    }

    private func source(_ points: [SessionPoint]) -> [UInt8] {
        points.flatMap { $0.token?.source ?? [] }
    }

    private func candidates(_ point: SessionPoint) -> [String] {
        point.token?.candidates.map { "\($0.text)\u{0}\($0.probability.bitPattern)" } ?? []
    }

    /// A kind of difference.
    package enum Difference: String, Sendable {
        /// The text of one side has ended.
        case length
        case text
        case tokens, surprisal, candidates, sentiment, state
        /// The score at the end of a message.
        case message
    }
}

extension [SessionPoint] {
    /// The sum in bits; nil if a token has no surprisal.
    package var surprisal: Double? {
        var sum = 0.0
        for point in self {
            guard let surprisal = point.token?.surprisal else { return nil }
            sum += Double(surprisal)
        }
        return isEmpty ? nil : sum
    }

    /// The sentiment after the last point.
    package var sentiment: Double? { last?.token?.sentiment.map { Double($0.score) } }
}
