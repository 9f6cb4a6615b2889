/// Joins pieces of UTF-8 that are cut at any byte: a character is given out once it is whole.
///
/// Bytes that are no UTF-8 come out as U+FFFD, the same ones however the bytes were cut.
package struct UTF8Assembler: Sendable {
    private var held: [UInt8] = []

    package init() {}

    /// The characters that these bytes complete.
    package mutating func append(_ bytes: some Sequence<UInt8>) -> String {
        held.append(contentsOf: bytes)
        let end = held.count - incompleteTailLength
        defer { held.removeFirst(end) }
        return String(decoding: held[..<end], as: UTF8.self)
    }

    /// What is left of a character that never became whole.
    package mutating func finish() -> String {
        defer { held.removeAll() }
        return String(decoding: held, as: UTF8.self)
    }

    /// Bytes from the last lead byte on, if its sequence needs more than there are.
    private var incompleteTailLength: Int {
        for length in 1...3 where length <= held.count {
            let byte = held[held.count - length]
            if byte & 0xC0 == 0x80 { continue }
            return length < Self.sequenceLength(lead: byte) ? length : 0
        }
        return 0
    }

    private static func sequenceLength(lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }
}
