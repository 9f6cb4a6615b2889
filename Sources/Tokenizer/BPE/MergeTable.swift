/// The merges of a BPE model: the result and the rank of each pair of tokens.
struct MergeTable: Equatable, Sendable {
    struct Merge: Equatable, Sendable {
        /// Its index in the list of merges. The lowest rank is applied first.
        let rank: Int32
        let result: Int32

        /// No merge. Its rank is above all others.
        static let none = Merge(rank: .max, result: -1)
    }

    /// Open addressing. A key is `left << 32 | right`; free slots have `empty`.
    private var keys: [UInt64]
    private var merges: [Merge]
    private let shift: UInt64

    private static let empty = UInt64.max

    init(capacity: Int) {
        let bits = max(4, Int.bitWidth - (capacity * 2).leadingZeroBitCount)
        shift = UInt64(64 - bits)
        keys = Array(repeating: Self.empty, count: 1 << bits)
        merges = Array(repeating: .none, count: 1 << bits)
    }

    /// The merge of two tokens, or `Merge.none`.
    subscript(left: Int32, right: Int32) -> Merge {
        merges[slot(of: Self.key(left, right))]
    }

    /// Adds a merge, up to `capacity` of them. False if the pair exists already.
    mutating func insert(_ left: Int32, _ right: Int32, _ merge: Merge) -> Bool {
        let slot = slot(of: Self.key(left, right))
        guard keys[slot] == Self.empty else { return false }
        keys[slot] = Self.key(left, right)
        merges[slot] = merge
        return true
    }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// The slot of `key`, or the free slot where it would be inserted.
    private func slot(of key: UInt64) -> Int {
        var slot = Int((key &* 0x9E37_79B9_7F4A_7C15) >> shift)
        while keys[slot] != key, keys[slot] != Self.empty {
            slot = (slot + 1) & (keys.count - 1)
        }
        return slot
    }
}
