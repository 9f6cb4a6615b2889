/// The merges of a BPE model: which pair of tokens becomes which token, and in what order.
struct MergeTable: Equatable, Sendable {
    struct Merge: Equatable, Sendable {
        /// Its place in the list; the lowest goes first.
        let rank: Int32
        let result: Int32

        /// What stands for no merge: its rank is above all others.
        static let none = Merge(rank: .max, result: -1)
    }

    /// Open addressing; a key is `left << 32 | right`, and `empty` where there is none.
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

    /// Adds a merge; at most `capacity` of them. False when the pair is there already.
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

    /// Where `key` is, or would go.
    private func slot(of key: UInt64) -> Int {
        var slot = Int((key &* 0x9E37_79B9_7F4A_7C15) >> shift)
        while keys[slot] != key, keys[slot] != Self.empty {
            slot = (slot + 1) & (keys.count - 1)
        }
        return slot
    }
}
