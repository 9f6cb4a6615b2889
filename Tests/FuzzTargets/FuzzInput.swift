/// Takes numbers and pieces from the bytes of an input. After the end there are zeros.
struct FuzzInput {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    mutating func number(below count: Int) -> Int { Int(byte()) % count }

    mutating func uint16() -> UInt16 { UInt16(byte()) << 8 | UInt16(byte()) }

    mutating func uint64() -> UInt64 {
        (0..<8).reduce(0) { number, _ in number << 8 | UInt64(byte()) }
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        let piece = Array(rest.prefix(count))
        rest = rest.dropFirst(count)
        return piece
    }

    /// A length of one byte, then so many bytes. From 240 on, thousands of one byte.
    mutating func piece() -> [UInt8] {
        let length = Int(byte())
        guard length >= 240 else { return bytes(length) }
        return [UInt8](repeating: byte(), count: (length - 239) * 1000)
    }

    /// All that is left.
    mutating func all() -> [UInt8] { bytes(rest.count) }
}

/// A piece as `FuzzInput.piece` reads it.
func piece(_ text: String) -> [UInt8] { piece(Array(text.utf8)) }

func piece(_ bytes: [UInt8]) -> [UInt8] {
    precondition(bytes.count < 240, "a piece has less than 240 bytes")
    return [UInt8(bytes.count)] + bytes
}
