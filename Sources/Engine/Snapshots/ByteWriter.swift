/// Appends fields, little-endian.
struct ByteWriter: FieldCoder {
    typealias Failure = Never

    var bytes: [UInt8] = []

    mutating func write(_ number: some FixedWidthInteger) {
        var little = number.littleEndian
        // An integer has no padding, and its bytes are copied within the call.
        unsafe withUnsafeBytes(of: &little) { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    mutating func write(_ field: [UInt8]) {
        write(UInt32(field.count))
        bytes += field
    }

    mutating func code(_ number: inout some FixedWidthInteger) { write(number) }
    mutating func code(count: inout UInt64) { write(count) }
    mutating func code(_ flag: inout Bool) { write(flag) }
    mutating func code(_ number: inout Float) { write(number.bitPattern) }
    mutating func code(_ bytes: inout [UInt8]) { write(bytes) }

    mutating func code(_ numbers: inout [Int32]) {
        write(UInt32(numbers.count))
        for number in numbers { write(number) }
    }

    mutating func code(_ numbers: inout [Float]) {
        write(UInt32(numbers.count))
        // The bytes are copied within the call. Every platform that Sluice runs on is little-endian, as
        // the format is.
        unsafe numbers.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    func check(_ isValid: Bool, _ found: @autoclosure () -> String) {}
}
