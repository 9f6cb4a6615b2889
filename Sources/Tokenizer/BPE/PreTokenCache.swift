/// A bounded cache of the encodings of short pre-tokens, since most words repeat.
struct PreTokenCache {
    /// A pre-token of 1 to 15 bytes: the bytes, and their count in the highest byte. So keys are
    /// unique, also for pre-tokens with leading zeros, and differ from that of an empty slot.
    private typealias Key = SIMD2<UInt64>

    /// Slot i holds the tokens `i * stride..<i * stride + counts[i]`.
    private static let stride = 8
    private var keys: [Key]
    private var counts: [UInt8]
    private var tokens: [Int32]
    private let shift: UInt64

    init(bits: Int) {
        keys = Array(repeating: .zero, count: 1 << bits)
        counts = Array(repeating: 0, count: 1 << bits)
        tokens = Array(repeating: 0, count: Self.stride << bits)
        shift = UInt64(64 - bits)
    }

    /// Appends the encoding of `range` if it is cached. Returns whether it is.
    func appendLinks(
        for range: Range<Int>, of text: [UInt8], _ vocabulary: Vocabulary, into links: inout [Link]
    ) -> Bool {
        guard let key = Self.key(range, of: text) else { return false }
        let slot = slot(of: key)
        guard keys[slot] == key else { return false }
        var end = range.lowerBound
        for index in slot * Self.stride..<slot * Self.stride + Int(counts[slot]) {
            end += vocabulary.byteCount(of: tokens[index])
            links.append(Link(token: tokens[index], end: end))
        }
        return true
    }

    /// Stores the encoding of `range`, which may replace another one.
    mutating func insert(_ links: [Link], for range: Range<Int>, of text: [UInt8]) {
        guard links.count <= Self.stride, let key = Self.key(range, of: text) else { return }
        let slot = slot(of: key)
        keys[slot] = key
        counts[slot] = UInt8(links.count)
        for (index, link) in links.enumerated() {
            tokens[slot * Self.stride + index] = link.token
        }
    }

    private static func key(_ range: Range<Int>, of text: [UInt8]) -> Key? {
        guard 1...15 ~= range.count else { return nil }
        var (low, high): (UInt64, UInt64) = (0, 0)
        for index in range {
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(text[index])
        }
        return Key(low, high | UInt64(range.count) << 56)
    }

    private func slot(of key: Key) -> Int {
        let mixed = (key.x ^ (key.y &* 0xC2B2_AE3D_27D4_EB4F)) &* 0x9E37_79B9_7F4A_7C15
        return Int(mixed >> shift)
    }
}
