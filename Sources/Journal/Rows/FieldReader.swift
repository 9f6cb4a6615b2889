internal import Foundation
internal import GRDB

/// Takes a row's columns one after another, once its checksum is known to be right.
///
/// A checksum says that a row is as somebody wrote it, not who that was: a store may come from
/// anyone. So every value is checked by its range as well, and what is taken can be counted on:
/// numbers up to `largest` can be added to each other without an overflow.
struct FieldReader {
    /// No counter, offset or number of a row comes so far in this world.
    static let largest: Int64 = 1 << 62
    /// What SQLite's functions take for a time: the years 1 to 9999.
    static let times = -62_135_596_800.0...253_402_300_799.999

    private let table: Table
    private let values: [DatabaseValue]
    private var next = 0

    init(_ row: Row, _ table: Table, from first: Int) throws {
        let stored = row.databaseValues.dropFirst(first).prefix(table.columns.count + 1)
        self.table = table
        values = Array(stored.dropLast())
        guard case .int64(let checksum)? = stored.last?.storage,
            checksum == Checksum.of(table.name, values)
        else { throw damage("its checksum is wrong") }
        try checkTexts(of: row, from: first)
    }

    private func checkTexts(of row: Row, from first: Int) throws {
        for (index, value) in values.enumerated() {
            guard case .string(let text) = value.storage else { continue }
            guard Self.isWhole(text, of: row, at: first + index) else {
                throw damage("its column \(table.columns[index]) is not text in UTF-8")
            }
        }
    }

    /// What GRDB reads as a text ends at U+0000, and has U+FFFD for what is not UTF-8: then it would
    /// not be found by what it reads as.
    static func isWhole(_ text: String, of row: Row, at index: Int) -> Bool {
        (try? row.withUnsafeData(atIndex: index) { $0?.elementsEqual(text.utf8) }) ?? false
    }

    // MARK: Numbers

    /// Any number.
    mutating func integer() throws(RowDamage) -> Int64 {
        guard case .int64(let number) = take() else { throw wrongType() }
        return number
    }

    /// Of all 64 bits: from 2^63 on it reads as negative.
    mutating func unsigned() throws(RowDamage) -> UInt64 { UInt64(bitPattern: try integer()) }

    mutating func integer(in range: ClosedRange<Int64>) throws(RowDamage) -> Int64 {
        let number = try integer()
        guard range.contains(number) else {
            throw wrongValue(
                "\(number)", "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// What a row is known by, from 1.
    mutating func key() throws(RowDamage) -> Int64 { try integer(in: 1...Self.largest) }

    mutating func count() throws(RowDamage) -> UInt64 {
        UInt64(try integer(in: 0...Self.largest))
    }

    mutating func boolean() throws(RowDamage) -> Bool { try integer(in: 0...1) == 1 }

    /// Any number that a producer may have sent, but NaN, which SQLite does not keep.
    mutating func real() throws(RowDamage) -> Double {
        guard case .double(let number) = take() else { throw wrongType() }
        return number
    }

    /// Seconds since 1970.
    mutating func time() throws(RowDamage) -> Double {
        let time = try real()
        guard Self.times.contains(time) else {
            throw wrongValue("\(time)", "seconds since 1970, in the years 1 to 9999")
        }
        return time
    }

    // MARK: Texts

    mutating func text() throws(RowDamage) -> String {
        guard case .string(let text) = take() else { throw wrongType() }
        return String(storedText: text)
    }

    mutating func bytes() throws(RowDamage) -> [UInt8] {
        guard case .blob(let data) = take() else { throw wrongType() }
        return Array(data)
    }

    // MARK: Values that may be missing

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

    // MARK: Damage

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

    private func wrongValue(_ found: String, _ expected: String) -> RowDamage {
        damage("its column \(table.columns[next - 1]) is \(found); expected \(expected)")
    }
}
