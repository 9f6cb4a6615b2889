/// Appends numbers, little-endian.
struct LittleEndianBytes {
    var bytes: [UInt8] = []

    mutating func write(_ number: some FixedWidthInteger) {
        // The bytes are copied while the number is in scope.
        unsafe withUnsafeBytes(of: number.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }
}
