import Wire

/// The effect of edits.
package struct WhatIfSummary: Sendable {
    /// The recorded and the edited score of a message.
    package struct Message: Equatable, Sendable {
        package let slot: EditedMessages.Slot
        /// Nil where the side does not have the message, or its model has no score.
        package let recorded: Float?
        package let edited: Float?
    }

    /// A smaller effect, as a share of the state, counts as none.
    package static let threshold = 0.01

    package private(set) var messages: [Message] = []
    /// The number of tokens of both sides after the last edit.
    package private(set) var tokensAfter = 0
    /// The effect at the last of those tokens.
    package private(set) var finalEffect: Double?
    package private(set) var largestEffect = 0.0
    /// Whether anything differs from the record.
    package private(set) var isChanged = false
    /// Numbers, from 1 after the last edit, of the last token with an effect not below the threshold
    /// and of the last token with any effect.
    private var lastAbove = 0
    private var lastUnequal = 0
    private var hasBegun = false
    private var bits = (recorded: 0.0, edited: 0.0)
    private var predicted = 0
    private var scores: (recorded: Float?, edited: Float?)

    /// The number of tokens after which the effect stays below the threshold; nil if it does not.
    package var fadedAfter: Int? { lastAbove < tokensAfter ? lastAbove : nil }

    /// The number of tokens after which the states stay equal, bit for bit; nil if they do not.
    package var equalAfter: Int? { lastUnequal < tokensAfter ? lastUnequal : nil }

    /// Mean bits per token of the tokens of both sides after the first edit.
    package var surprisal: (recorded: Double, edited: Double)? {
        predicted > 0
            ? (bits.recorded / Double(predicted), bits.edited / Double(predicted)) : nil
    }

    mutating func add(_ row: WhatIf.Row, isEdited: Bool) {
        if let score = row.recorded?.messageScore { scores.recorded = score.score }
        if let score = row.edited?.messageScore { scores.edited = score.score }
        if isEdited || row.isOverwritten {
            (hasBegun, tokensAfter, lastAbove, lastUnequal) = (true, 0, 0, 0)
            finalEffect = nil
        }
        if isEdited { isChanged = true }
        if let effect = row.effect { add(effect, row) }
    }

    private mutating func add(_ effect: Double, _ row: WhatIf.Row) {
        let (recorded, edited) = (row.recorded?.token, row.edited?.token)
        if recorded?.surprisal != edited?.surprisal || recorded?.sentiment != edited?.sentiment
            || effect > 0
        {
            isChanged = true
        }
        guard hasBegun else { return }
        largestEffect = max(largestEffect, effect)
        finalEffect = effect
        guard !row.isOverwritten else { return }
        tokensAfter += 1
        if effect >= Self.threshold { lastAbove = tokensAfter }
        if effect > 0 { lastUnequal = tokensAfter }
        guard let a = recorded?.surprisal, let b = edited?.surprisal else { return }
        bits.recorded += Double(a)
        bits.edited += Double(b)
        predicted += 1
    }

    mutating func finish(_ slot: EditedMessages.Slot) {
        messages.append(Message(slot: slot, recorded: scores.recorded, edited: scores.edited))
        scores = (nil, nil)
    }
}
