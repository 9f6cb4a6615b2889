/// The characters that a byte-level `tokenizer.json` writes the 256 bytes with.
///
/// A printable byte of Latin-1 stands for itself; the others take U+0100 and what follows it, in
/// order (GPT-2's `bytes_to_unicode`).
package enum ByteLevelAlphabet {
    /// The character of each byte: `[256]`.
    package static let scalars: [Unicode.Scalar] = {
        var next: UInt32 = 0x100
        return (UInt8.min...UInt8.max).map { byte in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(byte)
            default:
                defer { next += 1 }
                return Unicode.Scalar(next) ?? Unicode.Scalar(byte)
            }
        }
    }()

    private static let bytes = Dictionary(
        uniqueKeysWithValues: zip(scalars, UInt8.min...UInt8.max))

    /// The bytes that a token's spelling stands for; nil when it has another character.
    package static func bytes(of spelling: String) -> [UInt8]? {
        var result: [UInt8] = []
        for scalar in spelling.unicodeScalars {
            guard let byte = bytes[scalar] else { return nil }
            result.append(byte)
        }
        return result
    }
}
