internal import Foundation
internal import GRDB

/// Takes a row's columns one after another, once its checksum is known to be right.
struct FieldReader {
    private let table: Table
    private let values: [DatabaseValue]
    private var next = 0

    init(_ row: Row, _ table: Table, from first: Int) throws(RowDamage) {
        let stored = row.databaseValues.dropFirst(first).prefix(table.columns.count + 1)
        self.table = table
        values = Array(stored.dropLast())
        guard case .int64(let checksum)? = stored.last?.storage,
            checksum == Checksum.of(table.name, values)
        else { throw damage("its checksum is wrong") }
    }

    mutating func integer() throws(RowDamage) -> Int64 {
        guard case .int64(let number) = take() else { throw wrongType() }
        return number
    }

    mutating func unsigned() throws(RowDamage) -> UInt64 { UInt64(bitPattern: try integer()) }

    mutating func boolean() throws(RowDamage) -> Bool { try integer() != 0 }

    mutating func real() throws(RowDamage) -> Double {
        guard case .double(let number) = take() else { throw wrongType() }
        return number
    }

    mutating func text() throws(RowDamage) -> String {
        guard case .string(let text) = take() else { throw wrongType() }
        return text.utf8.contains(0xF4)
            ? String(String.UnicodeScalarView(text.unicodeScalars.map(\.withoutStandIn))) : text
    }

    mutating func bytes() throws(RowDamage) -> [UInt8] {
        guard case .blob(let data) = take() else { throw wrongType() }
        return Array(data)
    }

    /// What `read` takes, or nil where the column is NULL.
    mutating func optional<Value>(
        _ read: (inout FieldReader) throws(RowDamage) -> Value
    ) throws(RowDamage) -> Value? {
        guard !values[next].isNull else {
            next += 1
            return nil
        }
        return try read(&self)
    }

    func damage(_ message: String) -> RowDamage {
        let identity = table.identity.map { "\(table.columns[$0]) \(values[$0])" }
        return RowDamage(part: "\(table.name), \(identity.joined(separator: ", "))", message)
    }

    private mutating func take() -> DatabaseValue.Storage {
        defer { next += 1 }
        return values[next].storage
    }

    private func wrongType() -> RowDamage {
        damage("its column \(table.columns[next - 1]) has the wrong type")
    }
}

/// A row, or what several rows say together, is not what was written.
struct RowDamage: Error {
    let part: String
    let message: String

    init(part: String, _ message: String) {
        self.part = part
        self.message = message
    }
}
