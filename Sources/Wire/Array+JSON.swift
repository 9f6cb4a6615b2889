/// Appends JSON to bytes directly: events are written at the rate of tokens.
extension [UInt8] {
    package mutating func appendJSON(_ literal: StaticString) {
        unsafe append(
            contentsOf: UnsafeBufferPointer(
                start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    package mutating func appendJSON(_ number: UInt64) {
        if number < 10 { return append(UInt8(ascii: "0") + UInt8(number)) }
        var rest = number
        let start = count
        while rest > 0 {
            append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        self[start...].reverse()
    }

    /// null for nil.
    package mutating func appendJSON(_ number: UInt64?) {
        if let number { appendJSON(number) } else { appendJSON("null") }
    }

    /// The shortest digits that read back as the same number; null if it is not finite.
    package mutating func appendJSON(_ number: Float) {
        guard number.isFinite else { return appendJSON("null") }
        append(contentsOf: number.description.utf8)
    }

    /// A string of these bytes, which must be UTF-8.
    package mutating func appendJSON(string utf8: some Sequence<UInt8>) {
        append(UInt8(ascii: "\""))
        for byte in utf8 { appendEscaped(byte) }
        append(UInt8(ascii: "\""))
    }

    /// A key and its string: `,"key":` is written as it is.
    package mutating func appendJSON(_ key: StaticString, string: String) {
        appendJSON(key)
        appendJSON(string: string.utf8)
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): appendJSON("\\\"")
        case UInt8(ascii: "\\"): appendJSON("\\\\")
        case UInt8(ascii: "\n"): appendJSON("\\n")
        case UInt8(ascii: "\r"): appendJSON("\\r")
        case UInt8(ascii: "\t"): appendJSON("\\t")
        case 0..<0x20, 0x7F:
            appendJSON("\\u00")
            appendHexadecimal(byte)
        default: append(byte)
        }
    }

    package mutating func appendHexadecimal(_ byte: UInt8) {
        for digit in [byte >> 4, byte & 15] {
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
