import Wire

/// What became of edits.
package struct WhatIfSummary: Sendable {
    /// A message's score as it was and as it would have been.
    package struct Message: Equatable, Sendable {
        package let slot: EditedMessages.Slot
        /// Nil where there is no such message, or its model scores none.
        package let recorded: Float?
        package let edited: Float?
    }

    /// An effect smaller than this share of the state is as good as none.
    package static let threshold = 0.01

    package private(set) var messages: [Message] = []
    /// Tokens that both have, behind the last edit.
    package private(set) var tokensAfter = 0
    /// Of the last of those.
    package private(set) var finalEffect: Double?
    package private(set) var largestEffect = 0.0
    /// Whether anything is otherwise than it was.
    package private(set) var isChanged = false
    /// Of the tokens behind the last edit, from 1: the last with an effect not below the
    /// threshold, and the last with any.
    private var lastAbove = 0
    private var lastUnequal = 0
    private var hasBegun = false
    private var bits = (recorded: 0.0, edited: 0.0)
    private var predicted = 0
    private var scores: (recorded: Float?, edited: Float?)

    /// After so many tokens the effect is below the threshold for good; nil if it is not.
    package var fadedAfter: Int? { lastAbove < tokensAfter ? lastAbove : nil }

    /// After so many tokens both states are equal for good, bit for bit; nil if they are not.
    package var equalAfter: Int? { lastUnequal < tokensAfter ? lastUnequal : nil }

    /// Mean bits per token behind the first edit, of the tokens that both have.
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
