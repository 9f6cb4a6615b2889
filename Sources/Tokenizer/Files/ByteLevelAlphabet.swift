/// The characters for the 256 bytes in a byte-level `tokenizer.json`.
///
/// A printable byte of Latin-1 represents itself. The others are U+0100 and the following
/// characters, in order (GPT-2's `bytes_to_unicode`).
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

    private static let bytes = Dictionary(uniqueKeysWithValues: zip(scalars, UInt8.min...UInt8.max))

    /// The bytes of a token's spelling; nil if it has another character.
    package static func bytes(of spelling: String) -> [UInt8]? {
        var result: [UInt8] = []
        for scalar in spelling.unicodeScalars {
            guard let byte = bytes[scalar] else { return nil }
            result.append(byte)
        }
        return result
    }
}
