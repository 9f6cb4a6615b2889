import StrictJSON

/// What a safetensors file says of itself, checked against its length.
///
///     [0, 8)        n, the length of the header: u64, little-endian, at most 100 MB
///     [8, 8 + n)    the header: a JSON object, padded with spaces
///     [8 + n, end)  the data
///
/// Each key of the header names a tensor, with its `dtype`, its `shape` and its `data_offsets`
/// [begin, end) in the data; `__metadata__` holds strings. Invariants, all checked here: a tensor's
/// bytes are its shape times its dtype, little-endian and row-major; the tensors cover the data
/// without overlap, gap or rest.
/// Source: https://github.com/huggingface/safetensors#format
struct SafetensorsHeader: Sendable {
    struct Tensor: Sendable {
        let name: String
        let dtype: String
        let shape: [Int]
        /// Bytes in the data.
        let offsets: Range<Int>

        var summary: String { "\(dtype) \(shape)" }
    }

    static let longest = 100_000_000
    /// Bytes before the header.
    static let prefixLength = 8

    /// In the order of their offsets.
    let tensors: [Tensor]
    /// Where the data begins in the file.
    let dataOffset: Int

    /// Reads the header of `file` and checks it.
    static func read(from file: borrowing ReadableFile) throws(ModelError) -> SafetensorsHeader {
        let length = try headerLength(file)
        let bytes = try file.values(UInt8(0), count: length, from: prefixLength)
        let value: JSONValue
        do {
            value = try JSONParser.parse(bytes[...])
        } catch {
            throw ModelError(
                .malformed, file: file.path, part: "byte \(prefixLength + error.offset)",
                found: error.found, expected: error.expected)
        }
        let reader = SafetensorsHeaderReader(
            file: file.path, dataLength: file.size - prefixLength - length)
        let tensors = try reader.tensors(value)
        return SafetensorsHeader(tensors: tensors, dataOffset: prefixLength + length)
    }

    private static func headerLength(_ file: borrowing ReadableFile) throws(ModelError) -> Int {
        guard file.size >= prefixLength else {
            throw ModelError(
                .malformed, file: file.path, found: "\(file.size) bytes",
                expected: "at least \(prefixLength): the length of the header")
        }
        let prefix = try file.values(UInt8(0), count: prefixLength, from: 0)
        let length = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let most = min(longest, file.size - prefixLength)
        guard (2...UInt64(max(2, most))).contains(length), length <= most else {
            throw ModelError(
                .malformed, file: file.path, part: "header", found: "a length of \(length) bytes",
                expected: "from 2 to \(most), in a file of \(file.size) bytes")
        }
        return Int(length)
    }
}
