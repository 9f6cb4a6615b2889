import Engine
import Wire

/// The least piece of text at whose end both sides have a token's end: what they can be compared
/// over. Tokens of one text are cut differently by other tokenizers, but meet again.
package struct Segment: Sendable {
    /// Of the text since each side's beginning, counted over epochs.
    package let offset: Range<UInt64>
    /// At least one of each, but where the other side's text is over.
    package let a: [SessionPoint]
    package let b: [SessionPoint]
    /// Bits that it costs to expect what B does where A is so; where both have one vocabulary.
    package var divergence: Double?

    /// Whether both sides are there.
    package var isShared: Bool { !a.isEmpty && !b.isEmpty }

    /// Where the two sides differ first, in the order in which it is computed.
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

    /// What can differ.
    package enum Difference: String, Sendable {
        /// One side has text where the other has none any more.
        case length
        case text
        case tokens, surprisal, candidates, sentiment, state
        /// Where a message ends.
        case message
    }
}

extension [SessionPoint] {
    /// Bits of all of them, nil if one has none.
    package var surprisal: Double? {
        var sum = 0.0
        for point in self {
            guard let surprisal = point.token?.surprisal else { return nil }
            sum += Double(surprisal)
        }
        return isEmpty ? nil : sum
    }

    /// After the last of them.
    package var sentiment: Double? { last?.token?.sentiment.map { Double($0.score) } }
}
