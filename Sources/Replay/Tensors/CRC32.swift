/// The checksum of ZIP: CRC-32 with the polynomial 0xEDB88320, reflected.
struct CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in
            value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
        }
    }

    private var state = UInt32.max

    mutating func update(_ bytes: [UInt8]) {
        let table = Self.table.span
        var state = state
        for byte in bytes {
            state = table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ (state >> 8)
        }
        self.state = state
    }

    var value: UInt32 { ~state }
}
