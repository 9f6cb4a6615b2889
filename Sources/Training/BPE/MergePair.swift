/// Two adjacent tokens, by their ids: the input of a merge.
package struct MergePair: Hashable, Comparable, Sendable {
    package let left: Int32
    package let right: Int32

    package static func < (a: Self, b: Self) -> Bool {
        (a.left, a.right) < (b.left, b.right)
    }
}

/// A change of a pair's count, and the words in which the pair is new.
struct PairChange {
    private(set) var count = 0
    private(set) var words: [Int32] = []

    mutating func add(_ count: Int, in word: Int) {
        self.count += count
        let word = Int32(truncatingIfNeeded: word)
        if count > 0, words.last != word { words.append(word) }
    }
}

/// A pair that may be merged next, and the words that contain it.
///
/// The greatest candidate is the most frequent; among equals, the one with the lower ids.
struct MergeCandidate: Comparable {
    let pair: MergePair
    var count: Int
    let words: [Int32]

    static func < (a: Self, b: Self) -> Bool {
        a.count != b.count ? a.count < b.count : b.pair < a.pair
    }

    static func == (a: Self, b: Self) -> Bool { a.count == b.count && a.pair == b.pair }
}
