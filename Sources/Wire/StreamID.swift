/// The name of a stream: 1 to 200 bytes of UTF-8 without control characters.
///
/// It is compared by its bytes: two spellings that Unicode calls equivalent are two streams.
/// The limit is 200 because libzmq 4.3.4 loses subscriptions of 246 to 255 bytes.
package struct StreamID: Hashable, Sendable {
    package static let longest = 200

    package let utf8: [UInt8]

    /// - Throws: `Refusal` with the rule that the name breaks.
    package init(utf8 bytes: some Collection<UInt8>) throws(Refusal) {
        guard !bytes.isEmpty else { throw .streamID("is empty") }
        guard bytes.count <= Self.longest else { throw .streamID("has \(bytes.count) bytes") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .streamID("is not UTF-8")
        }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw .streamID("has a control character") }
        utf8 = Array(bytes)
    }

    package init(_ text: String) throws(Refusal) {
        try self.init(utf8: Array(text.utf8))
    }

    package var text: String { String(decoding: utf8, as: UTF8.self) }

    package static func == (a: StreamID, b: StreamID) -> Bool { a.utf8 == b.utf8 }

    package func hash(into hasher: inout Hasher) {
        unsafe utf8.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }

    /// FNV-1a: which shard a stream belongs to must not change from one run to the next.
    package var stableHash: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash ^ (hash >> 32)
    }
}

extension StreamID: CustomStringConvertible {
    package var description: String { text }
}
