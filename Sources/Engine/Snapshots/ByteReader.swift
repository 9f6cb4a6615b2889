/// Reads what `ByteWriter` wrote, and nothing beyond it.
struct ByteReader: FieldCoder {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ count: Int) throws(SnapshotError) -> [UInt8] {
        guard count <= rest.count else { throw SnapshotError("ends too early") }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func readNumber<Number: FixedWidthInteger>() throws(SnapshotError) -> Number {
        let bits = try take(Number.bitWidth / 8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        return Number(truncatingIfNeeded: bits)
    }

    mutating func readBytes() throws(SnapshotError) -> [UInt8] {
        let count: UInt32 = try readNumber()
        return try take(Int(count))
    }

    mutating func code(_ number: inout some FixedWidthInteger) throws(SnapshotError) {
        number = try readNumber()
    }

    /// No stream comes as far as 2^62.
    mutating func code(count: inout UInt64) throws(SnapshotError) {
        count = try readNumber()
        guard count < 1 << 62 else {
            throw SnapshotError("counts to \(count); expected less than 2^62")
        }
    }

    mutating func code(_ flag: inout Bool) throws(SnapshotError) {
        let byte: UInt8 = try readNumber()
        guard byte < 2 else { throw SnapshotError("has \(byte) where 0 or 1 was expected") }
        flag = byte == 1
    }

    mutating func code(_ number: inout Float) throws(SnapshotError) {
        number = Float(bitPattern: try readNumber())
    }

    mutating func code(_ bytes: inout [UInt8]) throws(SnapshotError) { bytes = try readBytes() }

    mutating func code(_ numbers: inout [Int32]) throws(SnapshotError) {
        let count: UInt32 = try readNumber()
        numbers = []
        for _ in 0..<count { numbers.append(try readNumber()) }
    }

    mutating func code(_ numbers: inout [Float]) throws(SnapshotError) {
        let count: UInt32 = try readNumber()
        let bytes = try take(Int(count) * 4)
        numbers = stride(from: 0, to: bytes.count, by: 4).map {
            Float(
                bitPattern: UInt32(bytes[$0]) | UInt32(bytes[$0 + 1]) << 8
                    | UInt32(bytes[$0 + 2]) << 16 | UInt32(bytes[$0 + 3]) << 24)
        }
    }

    func check(_ isValid: Bool, _ found: @autoclosure () -> String) throws(SnapshotError) {
        guard isValid else { throw SnapshotError(found()) }
    }
}
