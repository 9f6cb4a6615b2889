/// The tokens of one step: one or several of each stream.
///
/// Rows are in the order of the recurrences, position by position: the first token of every stream,
/// then the second of every stream that has one, and so on.
package struct TokenChunk {
    /// The row of each token, in the given order of the tokens.
    package let rows: [Int32]
    /// By row.
    let tokens: [Int32]
    /// By row.
    let slots: [Int32]
    /// The first row of each position, and the number of rows.
    let starts: [Int]
    /// Each stream's part of `rows`.
    let streams: [Range<Int>]

    package var count: Int { tokens.count }
    var positions: Int { starts.count - 1 }

    /// - Parameters:
    ///   - slots: the slots of the streams, distinct.
    ///   - counts: the number of tokens of each stream, at least one.
    ///   - tokens: the tokens of the first stream in order, then those of the second, and so on.
    package init(slots: [Int32], counts: [Int], tokens: [Int32]) {
        precondition(slots.count == counts.count && counts.allSatisfy { $0 > 0 })
        var streams: [Range<Int>] = []
        for count in counts {
            let start = streams.last?.upperBound ?? 0
            streams.append(start..<start + count)
        }
        precondition(streams.last?.upperBound ?? 0 == tokens.count)
        let longest = counts.max() ?? 0
        self.streams = streams
        if longest <= 1 {
            self.tokens = tokens
            self.slots = slots
            rows = tokens.indices.map { Int32($0) }
            starts = longest == 0 ? [0] : [0, tokens.count]
        } else {
            (rows, self.tokens, self.slots, starts) = Self.arranged(
                slots, streams, tokens, positions: longest)
        }
    }

    private static func arranged(
        _ slots: [Int32], _ streams: [Range<Int>], _ tokens: [Int32], positions: Int
    ) -> (rows: [Int32], tokens: [Int32], slots: [Int32], starts: [Int]) {
        var rows = [Int32](repeating: 0, count: tokens.count)
        var rowTokens: [Int32] = []
        var rowSlots: [Int32] = []
        var starts = [0]
        for position in 0..<positions {
            for (stream, slot) in zip(streams, slots) where position < stream.count {
                let index = stream.lowerBound + position
                rows[index] = Int32(rowTokens.count)
                rowTokens.append(tokens[index])
                rowSlots.append(slot)
            }
            starts.append(rowTokens.count)
        }
        return (rows, rowTokens, rowSlots, starts)
    }
}
