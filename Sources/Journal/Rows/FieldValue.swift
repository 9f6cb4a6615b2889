internal import Foundation
internal import GRDB

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
    var field: DatabaseValue {
        guard utf8.contains(0) else { return databaseValue }
        return String(String.UnicodeScalarView(unicodeScalars.map(\.withStandIn))).databaseValue
    }
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

extension Unicode.Scalar {
    /// SQLite's texts end at U+0000.
    private static let standIn: Unicode.Scalar = "\u{10FFFF}"

    var withStandIn: Unicode.Scalar { self == "\0" ? Self.standIn : self }

    var withoutStandIn: Unicode.Scalar { self == Self.standIn ? "\0" : self }
}
