/// Two tokens side by side: the ids that a merge is made of.
package struct MergePair: Hashable, Comparable, Sendable {
    package let left: Int32
    package let right: Int32

    package static func < (a: Self, b: Self) -> Bool {
        (a.left, a.right) < (b.left, b.right)
    }
}

/// What happens to a pair: how much more often it comes, and in which words it comes newly.
struct PairChange {
    private(set) var count = 0
    private(set) var words: [Int32] = []

    mutating func add(_ count: Int, in word: Int) {
        self.count += count
        let word = Int32(truncatingIfNeeded: word)
        if count > 0, words.last != word { words.append(word) }
    }
}

/// A pair that may be merged next, and the words where it came to be.
///
/// The greatest is the most frequent one; of equal ones, that of the lower ids.
struct MergeCandidate: Comparable {
    let pair: MergePair
    var count: Int
    let words: [Int32]

    static func < (a: Self, b: Self) -> Bool {
        a.count != b.count ? a.count < b.count : b.pair < a.pair
    }

    static func == (a: Self, b: Self) -> Bool { a.count == b.count && a.pair == b.pair }
}
