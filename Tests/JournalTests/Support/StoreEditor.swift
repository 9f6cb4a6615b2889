import GRDB

@testable import Journal

/// Writes into a store what Sluice would not, with checksums that are right.
struct StoreEditor {
    private let database: DatabaseQueue

    static let tables = [
        StoreState.table, ModelRow.table, LabelRow.table, RunRow.table, StreamRow.table,
        RequestRow.table, OutcomeRow.table, CheckpointRow.table, ProducerRow.table, FileRow.table,
    ]

    init(_ path: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        database = try DatabaseQueue(path: path, configuration: configuration)
        try execute("PRAGMA ignore_check_constraints = ON")
    }

    func execute(_ sql: String) throws {
        try database.writeWithoutTransaction { db in try db.execute(sql: sql) }
    }

    /// Columns with what the last row has there.
    func columns(of table: Journal.Table) throws -> [(name: String, value: DatabaseValue)] {
        try database.read { db in
            let names = table.columns.joined(separator: ", ")
            let rows = try Row.fetchAll(db, sql: "SELECT \(names) FROM \(table.name)")
            return zip(table.columns, rows.last.map { Array($0.databaseValues) } ?? []).map {
                ($0, $1)
            }
        }
    }

    /// Sets a column of every row. False if the schema forbids it.
    func set(_ column: String, of table: Journal.Table, to value: DatabaseValue) throws -> Bool {
        let index = table.columns.firstIndex(of: column) ?? 0
        let names = table.columns.joined(separator: ", ")
        let place = table.columns.map { "\($0) IS ?" }.joined(separator: " AND ")
        do {
            try database.write { db in
                for row in try Row.fetchAll(db, sql: "SELECT \(names) FROM \(table.name)") {
                    let before = Array(row.databaseValues)
                    var after = before
                    after[index] = value
                    let checksum = Checksum.of(table.name, after).databaseValue
                    try db.execute(
                        sql: "UPDATE \(table.name) SET \(column) = ?, checksum = ? WHERE \(place)",
                        arguments: StatementArguments([value, checksum] + before))
                }
            }
            return true
        } catch let error as DatabaseError
            where [.SQLITE_CONSTRAINT, .SQLITE_MISMATCH].contains(error.resultCode)
        {
            return false
        }
    }

    func close() throws {
        try database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        try database.close()
    }
}
