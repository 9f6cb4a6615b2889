/// The parts of a target, decoded.
extension HTTPRequest {
    /// What is between the slashes of the path; the first is behind the slash at its beginning.
    ///
    /// - Throws: 400 for what is not percent-encoded as it must be.
    package func segments() throws(HTTPRefusal) -> [[UInt8]] {
        try path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            .map(Self.decoded)
    }

    /// `key=value` pairs of the query, in their order. A `+` is a plus.
    ///
    /// - Throws: 400 for what is not percent-encoded as it must be, not UTF-8, or not a pair.
    package func query() throws(HTTPRefusal) -> [(key: String, value: String)] {
        let text = target.drop { $0 != "?" }.dropFirst()
        return try text.split(separator: "&").map { pair throws(HTTPRefusal) in
            let parts = pair.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw HTTPRefusal(.badRequest, "found '\(pair)' in the query; expected KEY=VALUE")
            }
            return (try Self.text(parts[0]), try Self.text(parts[1]))
        }
    }

    private static func text(_ part: Substring) throws(HTTPRefusal) -> String {
        guard let text = String(validating: try decoded(part), as: UTF8.self) else {
            throw HTTPRefusal(.badRequest, "'\(part)' in the target is not UTF-8")
        }
        return text
    }

    private static func decoded(_ part: Substring) throws(HTTPRefusal) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = part.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexadecimal),
                let low = rest.popFirst().flatMap(hexadecimal)
            else {
                throw HTTPRefusal(
                    .badRequest,
                    "'\(part)' in the target is not percent-encoded; expected two hexadecimal "
                        + "digits after each %")
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
