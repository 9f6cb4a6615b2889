internal import Digests
internal import Foundation
internal import GRDB

/// What a row's `checksum` is: the first 8 bytes, little-endian, of the BLAKE2b-256 digest of
///
///     the table's name, then for each column but `checksum`, in the table's order:
///     NULL      0
///     INTEGER   1, 8 bytes little-endian
///     REAL      2, the 8 bytes of the IEEE double, little-endian
///     TEXT      3, its length as 8 bytes little-endian, its bytes as UTF-8
///     BLOB      4, its length as 8 bytes little-endian, its bytes
struct Checksum {
    private var bytes: [UInt8]

    static func of(_ table: String, _ values: some Sequence<DatabaseValue>) -> Int64 {
        var checksum = Checksum(table)
        for value in values { checksum.append(value) }
        return checksum.value
    }

    private init(_ table: String) {
        bytes = Array(table.utf8)
        bytes.reserveCapacity(256)
    }

    private mutating func append(_ value: DatabaseValue) {
        switch value.storage {
        case .null: bytes.append(0)
        case .int64(let number): append(1, UInt64(bitPattern: number))
        case .double(let number): append(2, number.bitPattern)
        case .string(let text):
            append(3, UInt64(text.utf8.count))
            bytes.append(contentsOf: text.utf8)
        case .blob(let data):
            append(4, UInt64(data.count))
            bytes.append(contentsOf: data)
        }
    }

    private mutating func append(_ kind: UInt8, _ number: UInt64) {
        bytes.append(kind)
        bytes.append(littleEndian: number)
    }

    private var value: Int64 { Int64(bitPattern: Digest(of: bytes).bytes[...].readUInt64(at: 0)) }
}

extension [UInt8] {
    mutating func append(littleEndian number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}

extension ArraySlice<UInt8> {
    /// 8 bytes little-endian, `offset` bytes after the slice's start.
    func readUInt64(at offset: Int) -> UInt64 {
        self[(startIndex + offset)..<(startIndex + offset + 8)].reversed()
            .reduce(0) { $0 << 8 | UInt64($1) }
    }
}
