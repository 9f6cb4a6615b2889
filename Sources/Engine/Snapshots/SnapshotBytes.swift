/// Appends fields, little-endian.
struct ByteWriter {
    var bytes: [UInt8] = []

    mutating func write(_ number: some FixedWidthInteger) {
        var little = number.littleEndian
        unsafe withUnsafeBytes(of: &little) { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    mutating func write(_ field: [UInt8]) {
        write(UInt32(field.count))
        bytes += field
    }

    mutating func write(_ values: [Float]) {
        write(UInt32(values.count))
        // Every platform that Sluice runs on is little-endian; the format is, too.
        unsafe values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func write<Value>(
        optional value: Value?, _ body: (inout ByteWriter, Value) -> Void
    ) {
        write(value != nil)
        if let value { body(&self, value) }
    }
}

/// Reads what `ByteWriter` wrote, and nothing beyond it.
struct ByteReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ count: Int) throws(SnapshotError) -> [UInt8] {
        guard count <= rest.count else { throw SnapshotError("ends too early") }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func readNumber<Number: FixedWidthInteger>() throws(SnapshotError) -> Number {
        try take(Number.bitWidth / 8).reversed().reduce(0) { $0 << 8 | Number($1) }
    }

    /// What was counted: no stream comes as far as 2^62.
    mutating func readCount() throws(SnapshotError) -> UInt64 {
        let number: UInt64 = try readNumber()
        guard number < 1 << 62 else {
            throw SnapshotError("counts to \(number); expected less than 2^62")
        }
        return number
    }

    mutating func readFlag() throws(SnapshotError) -> Bool {
        let byte: UInt8 = try readNumber()
        guard byte < 2 else { throw SnapshotError("has \(byte) where 0 or 1 was expected") }
        return byte == 1
    }

    mutating func readBytes() throws(SnapshotError) -> [UInt8] {
        let count: UInt32 = try readNumber()
        return try take(Int(count))
    }

    mutating func readFloat() throws(SnapshotError) -> Float {
        Float(bitPattern: try readNumber())
    }

    mutating func readFloats() throws(SnapshotError) -> [Float] {
        let count: UInt32 = try readNumber()
        let bytes = try take(Int(count) * 4)
        return stride(from: 0, to: bytes.count, by: 4).map {
            Float(
                bitPattern: UInt32(bytes[$0]) | UInt32(bytes[$0 + 1]) << 8
                    | UInt32(bytes[$0 + 2]) << 16 | UInt32(bytes[$0 + 3]) << 24)
        }
    }
}
