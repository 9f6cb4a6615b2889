import Files
import StrictJSON

/// The header of a safetensors file, checked against the length of the file.
///
///     [0, 8)        n, the length of the header: u64, little-endian, at most 1 MiB
///     [8, 8 + n)    the header: a JSON object, padded with spaces
///     [8 + n, end)  the data
///
/// Each key of the header names a tensor, with its `dtype`, its `shape` and its `data_offsets`
/// [begin, end) in the data; `__metadata__` holds strings. Invariants, all checked here: a tensor's
/// size is its shape times its dtype, little-endian and row-major; the tensors cover the data
/// without overlaps or gaps. Source: https://github.com/huggingface/safetensors#format
struct SafetensorsHeader: Sendable {
    struct Tensor: Sendable {
        let name: String
        let dtype: String
        let shape: [Int]
        /// Bytes in the data.
        let offsets: Range<Int>

        var summary: String { "\(dtype) \(shape)" }
    }

    /// The maximum length of the header. The reference implementation reads up to 100 MB; the
    /// largest network here has about 150 tensors, whose header takes 20 kB, which leaves room for
    /// metadata.
    static let longest = 1 << 20
    /// The bytes before the header.
    static let prefixLength = 8

    /// In the order of their offsets.
    let tensors: [Tensor]
    /// The offset of the data in the file.
    let dataOffset: Int

    /// Reads the header of `file` and checks it.
    static func read(from file: borrowing RegularFile) throws(ModelError) -> SafetensorsHeader {
        let length = try headerLength(file)
        let bytes = try file.modelValues(UInt8(0), count: length, from: prefixLength)
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

    private static func headerLength(_ file: borrowing RegularFile) throws(ModelError) -> Int {
        guard file.size >= prefixLength else {
            throw ModelError(
                .malformed, file: file.path, found: "\(file.size) bytes",
                expected: "at least \(prefixLength): the length of the header")
        }
        let prefix = try file.modelValues(UInt8(0), count: prefixLength, from: 0)
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
