/// Up to three consecutive tokens.
package struct NGram: Hashable, Sendable {
    package static let longest = 3
    private static let bitsOfToken = 21
    private static let mask: UInt64 = 1 << bitsOfToken - 1

    /// The id plus 1 of each token in 21 bits, the latest token lowest; 0 for none.
    package private(set) var packed: UInt64 = 0

    /// The empty n-gram.
    package init() {}

    package init(_ tokens: some Sequence<Int32>) {
        for token in tokens { append(token) }
    }

    /// Unpacks an n-gram; nil if the value is invalid or has more than `count` tokens.
    package init?(packed: UInt64, count: Int = longest) {
        self.packed = packed
        let tokens = tokens
        guard tokens.count <= count, NGram(tokens).packed == packed else { return nil }
    }

    /// Oldest first.
    package var tokens: [Int32] {
        (0..<Self.longest).reversed().compactMap { place in
            let field = packed >> (UInt64(place) * UInt64(Self.bitsOfToken)) & Self.mask
            return field == 0 ? nil : Int32(field) - 1
        }
    }

    /// Appends a token and keeps the latest `longest` tokens.
    package mutating func append(_ token: Int32) {
        precondition(token >= 0 && UInt64(token) < Self.mask)
        packed = packed << UInt64(Self.bitsOfToken) | (UInt64(token) + 1)
        packed &= 1 << UInt64(Self.longest * Self.bitsOfToken) - 1
    }

    /// The latest `count` tokens; nil if there are fewer.
    package func suffix(_ count: Int) -> NGram? {
        let shift = UInt64((count - 1) * Self.bitsOfToken)
        guard packed >> shift != 0 else { return nil }
        var suffix = NGram()
        suffix.packed = packed & (1 << (shift + UInt64(Self.bitsOfToken)) - 1)
        return suffix
    }
}
