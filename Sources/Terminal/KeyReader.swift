/// Tells keys from the bytes that a terminal sends for them.
package struct KeyReader: Sendable {
    private var assembler = UTF8Assembler()

    package init() {}

    /// The keys of bytes that were read at once: an escape that ends them is the key of that name.
    package mutating func keys(in bytes: [UInt8]) -> [Key] {
        var keys: [Key] = []
        var rest = bytes[...]
        while let first = rest.first {
            if first == 0x1B {
                if let key = Self.sequence(&rest) { keys.append(key) }
            } else {
                rest.removeFirst()
                keys += self.keys(of: first)
            }
        }
        return keys
    }

    private mutating func keys(of byte: UInt8) -> [Key] {
        switch byte {
        case 0x0D, 0x0A: [.enter]
        case 0x09: [.tab]
        case 0x7F, 0x08: [.backspace]
        case 0x01...0x1A: [.control(Character(Unicode.Scalar(byte + 0x60)))]
        case ..<0x20: []
        default: assembler.append([byte]).map { .character($0) }
        }
    }

    /// Takes an escape and what belongs to it: `ESC [ … letter`, `ESC O letter` (ECMA-48, xterm).
    private static func sequence(_ rest: inout ArraySlice<UInt8>) -> Key? {
        rest.removeFirst()
        guard let kind = rest.first, kind == UInt8(ascii: "[") || kind == UInt8(ascii: "O") else {
            return .escape
        }
        rest.removeFirst()
        let parameters = rest.prefix { (0x20...0x3F).contains($0) }
        rest.removeFirst(parameters.count)
        guard let final = rest.popFirst() else { return nil }
        return key(final: final, number: String(decoding: parameters, as: UTF8.self))
    }

    private static func key(final: UInt8, number: String) -> Key? {
        switch (final, number.prefix { $0 != ";" }) {
        case (UInt8(ascii: "A"), _): .up
        case (UInt8(ascii: "B"), _): .down
        case (UInt8(ascii: "C"), _): .right
        case (UInt8(ascii: "D"), _): .left
        case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), "1"), (UInt8(ascii: "~"), "7"): .home
        case (UInt8(ascii: "F"), _), (UInt8(ascii: "~"), "4"), (UInt8(ascii: "~"), "8"): .end
        case (UInt8(ascii: "~"), "3"): .delete
        case (UInt8(ascii: "~"), "5"): .pageUp
        case (UInt8(ascii: "~"), "6"): .pageDown
        default: nil
        }
    }
}
