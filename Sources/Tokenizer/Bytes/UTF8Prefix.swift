/// The first 0 to 3 bytes of a valid UTF-8 sequence.
struct UTF8Prefix: Hashable, Sendable {
    /// The bytes, the first one highest; 0 if there are none.
    private(set) var packed: UInt32 = 0

    enum Step {
        case scalar(UInt32)
        case prefix(UTF8Prefix)
        case invalid
    }

    /// U+FFFD, which replaces each maximal invalid subpart of a text.
    static let replacement: UInt32 = 0xFFFD
    static let replacementBytes: [UInt8] = [0xEF, 0xBF, 0xBD]

    init() {}

    /// Nil if no scalar begins with these bytes, or if they are a complete scalar.
    init?(packed: UInt32) {
        guard packed != 0 else { return }
        guard let (_, missing) = Self.scalars(from: packed), missing > 0 else { return nil }
        self.packed = packed
    }

    var isEmpty: Bool { packed == 0 }
    var count: Int { Self.byteCount(packed) }
    var bytes: [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: packed >> ($0 * 8)) }
    }

    /// The scalars whose encoding begins with these bytes.
    var completions: ClosedRange<UInt32> {
        Self.scalars(from: packed)?.scalars ?? 0...0x10FFFF
    }

    func appending(_ byte: UInt8) -> Step {
        let longer = packed << 8 | UInt32(byte)
        guard let (scalars, missing) = Self.scalars(from: longer) else { return .invalid }
        if missing == 0 { return .scalar(scalars.lowerBound) }
        var prefix = UTF8Prefix()
        prefix.packed = longer
        return .prefix(prefix)
    }

    private static func byteCount(_ packed: UInt32) -> Int {
        (39 - packed.leadingZeroBitCount) / 8
    }

    /// The scalars whose encoding begins with the packed bytes, and the number of missing bytes.
    private static func scalars(
        from packed: UInt32
    ) -> (scalars: ClosedRange<UInt32>, missing: Int)? {
        let count = max(byteCount(packed), 1)
        let lead = packed >> ((count - 1) * 8)
        guard let length = sequenceLength(lead), count <= length else { return nil }
        guard length > 1 else { return (lead...lead, 0) }
        var value = lead & (0x7F >> UInt32(length))
        for index in (0..<count - 1).reversed() {
            let byte = packed >> (index * 8) & 0xFF
            guard byte & 0xC0 == 0x80 else { return nil }
            value = value << 6 | byte & 0x3F
        }
        let missing = length - count
        let shortest: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
        let lowest = max(value << (6 * missing), shortest)
        var highest = min(value << (6 * missing) | (1 << (6 * missing) - 1), 0x10FFFF)
        if (0xD800...0xDFFF).contains(lowest) { return nil }
        if (0xD800...0xDFFF).contains(highest) { highest = 0xD7FF }
        return lowest <= highest ? (lowest...highest, missing) : nil
    }

    private static func sequenceLength(_ lead: UInt32) -> Int? {
        switch lead {
        case 0x00...0x7F: 1
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: nil
        }
    }
}
