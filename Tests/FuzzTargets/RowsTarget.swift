import Foundation
import GRDB
import Storage

@testable import Journal

/// A row with a checksum that is right: it is refused, or what is read is written alike.
///
///     table u8 | for each column: is given u8, value
enum RowsTarget {
    static let target = FuzzTarget("rows", seeds: seeds) {
        let database = try DatabaseQueue()
        return { bytes in try database.read { db in try check(bytes, db) } }
    }

    private static var kinds: [any TableRow.Type] {
        [
            StoreState.self, ModelRow.self, LabelRow.self, RunRow.self, StreamRow.self,
            RequestRow.self, OutcomeRow.self, CheckpointRow.self, ProducerRow.self, FileRow.self,
        ]
    }

    private static func check(_ bytes: [UInt8], _ db: Database) throws {
        var input = FuzzInput(bytes)
        let kind = kinds[input.number(below: kinds.count)]
        let values = kind.table.columns.map { column in
            input.byte() & 1 == 1 ? input.value() : usual(column)
        }
        do {
            let row = try read(kind, values, db)
            let again = try read(kind, row.values, db)
            try requireEqual(again.values, row.values, "\(kind.table.name), written and read")
        } catch let damage as RowDamage {
            try require(damage.part.contains(kind.table.name), "the table in \(damage.part)")
        }
        if kind == StreamRow.self { try checkListing(values, db) }
    }

    private static func read(
        _ kind: any TableRow.Type, _ values: [DatabaseValue], _ db: Database
    ) throws -> any TableRow {
        try kind.init(row(kind.table, values, db))
    }

    private static func row(
        _ table: Journal.Table, _ values: [DatabaseValue], _ db: Database
    ) throws -> Row {
        // SQLite keeps no NaN.
        let stored = values.map { value in
            if case .double(let number) = value.storage, number.isNaN {
                DatabaseValue.null
            } else {
                value
            }
        }
        let checksum = Checksum.of(table.name, stored).databaseValue
        let places = Array(repeating: "?", count: stored.count + 1).joined(separator: ", ")
        let statement = try db.cachedStatement(sql: "SELECT \(places)")
        guard
            let row = try Row.fetchOne(
                statement, arguments: StatementArguments(stored + [checksum]))
        else { throw BrokenProperty(description: "no row") }
        return row
    }

    /// A damaged row is listed as far as it can be read.
    private static func checkListing(_ values: [DatabaseValue], _ db: Database) throws {
        let row = try row(StreamRow.table, values, db)
        guard let incarnation = StreamRow.readableIncarnation(row) else { return }
        try requireEqual(incarnation.key, Int64.fromDatabaseValue(values[0]), "the key")
    }

    /// A value that such a column has.
    private static func usual(_ column: String) -> DatabaseValue {
        switch column {
        case "op": "text".databaseValue
        case "name", "producer", "version", "kernel_tier", "folder": "a".databaseValue
        case "time", "started", "stopped", "began", "ended", "producer_time": 1.7e9.databaseValue
        case "fingerprint", "state_digest", "events_digest", "snapshot", "bytes":
            Data([1, 2, 3]).databaseValue
        case "more", "temporary", "acknowledged", "id": Int64(1).databaseValue
        default: Int64(3).databaseValue
        }
    }

    private static func seeds() -> [[UInt8]] {
        kinds.indices.flatMap { index in
            [
                [UInt8(index)],
                [UInt8(index)] + (0..<14).flatMap { _ in [1, 2, 1] as [UInt8] },
                [UInt8(index), 0, 1, 6, 3, 97, 1, 48, 0, 0, 1, 7, 2, 1, 2, 1, 3, 62, 0],
            ]
        }
    }
}
