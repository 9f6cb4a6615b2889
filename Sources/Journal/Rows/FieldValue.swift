internal import Foundation
internal import GRDB
internal import Names

/// A value that a column holds.
protocol FieldValue {
    var field: DatabaseValue { get }
}

extension Int64: FieldValue {
    var field: DatabaseValue { databaseValue }
}

extension UInt64: FieldValue {
    var field: DatabaseValue { Int64(bitPattern: self).databaseValue }
}

extension Bool: FieldValue {
    var field: DatabaseValue { Int64(self ? 1 : 0).databaseValue }
}

extension Double: FieldValue {
    /// SQLite keeps no NaN, and no sign of a zero.
    var field: DatabaseValue { (isNaN ? 0 : self + 0).databaseValue }
}

extension [UInt8]: FieldValue {
    var field: DatabaseValue { Data(self).databaseValue }
}

extension String: FieldValue {
    var field: DatabaseValue { storedText.databaseValue }

    /// As a column holds it, which SQLite ends at U+0000: that is U+0001 and "0", and U+0001 is
    /// U+0001 and "1". Names of streams and producers have neither, and stand there as they are.
    private var storedText: String {
        guard utf8.contains(where: { $0 < 2 }) else { return self }
        var bytes: [UInt8] = []
        for byte in utf8 { bytes += byte < 2 ? [1, UInt8(ascii: "0") + byte] : [byte] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What `storedText` was made of. Where U+0001 is followed by anything else, an earlier version
    /// has written it as it is.
    init(storedText text: String) {
        guard text.utf8.contains(1) else {
            self = text
            return
        }
        var bytes: [UInt8] = []
        var isEscape = false
        for byte in text.utf8 {
            let isEscaped = isEscape && (0x30...0x31).contains(byte)
            if isEscaped { bytes[bytes.count - 1] = byte - 0x30 } else { bytes.append(byte) }
            isEscape = byte == 1
        }
        self = String(decoding: bytes, as: UTF8.self)
    }
}

extension Name: FieldValue {
    var field: DatabaseValue { text.field }
}

extension Optional where Wrapped: FieldValue {
    /// NULL for nil.
    var field: DatabaseValue {
        switch self {
        case .some(let value): value.field
        case .none: .null
        }
    }
}
