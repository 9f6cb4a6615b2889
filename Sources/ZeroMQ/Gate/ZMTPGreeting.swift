/// Reads the greeting of a ZMTP 3 connection, byte by byte: signature `FF`, 8 bytes, a byte with bit 0
/// set; version, major and minor; mechanism, 20 bytes; as-server; filler.
struct ZMTPGreeting {
    enum Mechanism: String {
        case null = "NULL"
        case curve = "CURVE"

        /// With its padding.
        var bytes: [UInt8] {
            Array(rawValue.utf8) + Array(repeating: 0, count: 20 - rawValue.utf8.count)
        }
    }

    static let byteCount = 64
    /// Signature and major version: libzmq sends the rest after it has these of the other side.
    static let versionEnd = 11
    private static let signatureBytes = 10

    private let mechanism: Mechanism
    private var count = 0
    private var firstByte: UInt8 = 0
    private(set) var minorVersion: UInt8 = 0

    init(_ mechanism: Mechanism) { self.mechanism = mechanism }

    /// Whether the peer has shown a versioned protocol.
    var hasSignature: Bool { count >= Self.signatureBytes }
    var isComplete: Bool { count == Self.byteCount }

    mutating func take(_ byte: UInt8) throws(GateRefusal) {
        if count == 0 { firstByte = byte }
        if count == 11 { minorVersion = byte }
        try check(byte)
        count += 1
    }

    private func check(_ byte: UInt8) throws(GateRefusal) {
        switch count {
        case 0 where byte != 0xFF, 9 where byte & 1 == 0: throw notZMTP3()
        case 10 where byte < 3:
            throw GateRefusal(
                .version, "the peer speaks ZMTP \(byte == 0 ? 1 : 2); expected ZMTP 3")
        case 12..<32 where byte != mechanism.bytes[count - 12]:
            throw GateRefusal(
                .mechanism,
                "the peer asks for another mechanism; expected \(mechanism.rawValue)")
        default: break
        }
    }

    private func notZMTP3() -> GateRefusal {
        let isText = (0x41...0x5A).contains(firstByte)
        let guess = firstByte == 0x16 ? " (TLS?)" : isText ? " (HTTP?)" : ""
        return GateRefusal(
            .version, "the peer's first bytes are not a greeting\(guess); expected ZMTP 3")
    }

    /// A greeting to send.
    static func bytes(
        _ mechanism: Mechanism, minorVersion: UInt8 = 1, isServer: Bool
    ) -> [UInt8] {
        [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, minorVersion] + mechanism.bytes
            + [isServer ? 1 : 0] + Array(repeating: 0, count: 31)
    }
}
