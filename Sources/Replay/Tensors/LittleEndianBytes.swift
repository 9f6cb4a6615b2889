/// Appends numbers, little-endian.
struct LittleEndianBytes {
    var bytes: [UInt8] = []

    mutating func write<each Number: FixedWidthInteger>(_ numbers: repeat each Number) {
        repeat append(each numbers)
    }

    mutating func append(_ number: some FixedWidthInteger) {
        // The bytes are copied while the number is in scope.
        unsafe withUnsafeBytes(of: number.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }
}
