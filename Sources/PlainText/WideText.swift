/// Tells UTF-16 and UTF-32 without a byte-order mark: text in them has zeros where ASCII characters
/// are, always at the same places of a unit; so has text of other alphabets, at its spaces.
enum WideText {
    /// Bytes that are looked at, at most, and at least.
    private static let longestSample = 4096
    private static let shortestSample = 8

    static func encoding(of bytes: ArraySlice<UInt8>) -> ForeignText? {
        let sample = Array(bytes.prefix(longestSample & ~3))
        guard sample.count >= shortestSample, sample.contains(0) else { return nil }
        let units = stride(from: 0, to: sample.count & ~3, by: 4).map { sample[$0..<$0 + 4] }
        if units.allSatisfy({ isScalar($0.reversed()) }) {
            return .encoded("UTF-32 (little-endian)", as: "UTF-32LE")
        }
        if units.allSatisfy({ isScalar($0) }) {
            return .encoded("UTF-32 (big-endian)", as: "UTF-32BE")
        }
        if isUTF16(sample, highAt: 1) { return .encoded("UTF-16 (little-endian)", as: "UTF-16LE") }
        if isUTF16(sample, highAt: 0) { return .encoded("UTF-16 (big-endian)", as: "UTF-16BE") }
        return nil
    }

    /// Four bytes, the highest first.
    private static func isScalar(_ bytes: some Sequence<UInt8>) -> Bool {
        let value = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return value != 0 && Unicode.Scalar(value) != nil
    }

    /// Units of two bytes: a third of them or more are ASCII, or three quarters are of alphabets, which
    /// lie before U+1000; no low byte is 0 where the high one is, and no character is a control character
    /// beside those that text has.
    private static func isUTF16(_ bytes: [UInt8], highAt high: Int) -> Bool {
        var (count, asciiCount, alphabeticCount) = (0, 0, 0)
        for start in stride(from: 0, to: bytes.count - 1, by: 2) {
            let (upper, lower) = (bytes[start + high], bytes[start + 1 - high])
            count += 1
            if upper < 0x10 { alphabeticCount += 1 }
            guard upper == 0 else { continue }
            guard isText(lower) else { return false }
            asciiCount += 1
        }
        return asciiCount * 3 >= count || alphabeticCount * 4 >= count * 3
    }

    /// Zeros among bytes that are no UTF-8: text of no encoding that there is without units of several
    /// bytes.
    static func isBinary(_ bytes: ArraySlice<UInt8>) -> Bool {
        let sample = bytes.prefix(longestSample)
        guard sample.contains(0) else { return false }
        // A character may be cut off at the end.
        return !(0..<4).contains { cut in
            String(validating: sample.dropLast(cut), as: UTF8.self) != nil
        }
    }

    private static func isText(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || (0x08...0x0D).contains(byte) || byte == 0x1B
    }
}
