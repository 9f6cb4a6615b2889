/// Extracts from an event what the driver needs: decoding each event would make the driver the
/// bottleneck.
package enum EventScan {
    private static let key = Array("\"offset\":[".utf8)

    /// Where the token of an event ends in its stream; nil if the body does not say.
    package static func tokenEnd(_ body: Span<UInt8>) -> UInt64? {
        guard var index = end(of: key, in: body),
            number(in: body, &index) != nil, index < body.count, body[index] == UInt8(ascii: ",")
        else { return nil }
        index += 1
        return number(in: body, &index)
    }

    /// The stream's number: the digits at the end of the topic.
    package static func streamNumber(_ topic: Span<UInt8>) -> Int? {
        var start = topic.count
        while start > 0, isDigit(topic[start - 1]) { start -= 1 }
        return number(in: topic, &start).flatMap { Int(exactly: $0) }
    }

    /// A sequence frame: u64, little-endian.
    package static func sequence(_ frame: Span<UInt8>) -> UInt64 {
        frame.indices.reversed().reduce(0) { $0 << 8 | UInt64(frame[$1]) }
    }

    private static func end(of key: [UInt8], in body: Span<UInt8>) -> Int? {
        guard body.count >= key.count else { return nil }
        for start in 0...body.count - key.count where body[start] == key[0] {
            if key.indices.allSatisfy({ body[start + $0] == key[$0] }) { return start + key.count }
        }
        return nil
    }

    private static func number(in bytes: Span<UInt8>, _ index: inout Int) -> UInt64? {
        let start = index
        var value: UInt64 = 0
        while index < bytes.count, isDigit(bytes[index]) {
            let (next, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = next &+ UInt64(bytes[index] - UInt8(ascii: "0"))
            index += 1
        }
        return index > start ? value : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
