import Foundation
import GRDB
import Replay

@testable import Journal

/// A store in which columns have other values, with checksums that are right.
///
///     for each change: table u8 | row u8 | column u8 | value
enum StoreTarget {
    static let target = FuzzTarget("store", seeds: seeds) {
        let small = try SmallStore()
        let models = ModelCache()
        models.add(small.model)
        let folder = try ScratchFolder()
        return { bytes in
            try folder.clear()
            let path = try small.copy(to: folder)
            try change(path, FuzzInput(bytes))
            try SmallStore.readAll(path, models: models)
        }
    }

    private static let mostChanges = 8

    private static func change(_ path: String, _ input: FuzzInput) throws {
        var input = input
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let database = try DatabaseQueue(path: path, configuration: configuration)
        try database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF")
            var changes = 0
            while !input.isAtEnd, changes < mostChanges {
                try change(db, &input)
                changes += 1
            }
        }
        try database.close()
    }

    private static func change(_ db: Database, _ input: inout FuzzInput) throws {
        let table = StoreRows.tables[input.number(below: StoreRows.tables.count)]
        let place = Int(input.byte())
        let column = input.number(below: table.columns.count)
        let value = input.value()
        let names = table.columns.joined(separator: ", ")
        let rows = try Row.fetchAll(db, sql: "SELECT \(names) FROM \(table.name)")
        guard !rows.isEmpty else { return }
        let before = Array(rows[place % rows.count].databaseValues)
        var after = before
        after[column] = value
        let match = table.columns.map { "\($0) IS ?" }.joined(separator: " AND ")
        let checksum = Checksum.of(table.name, after).databaseValue
        do {
            try db.execute(
                sql: """
                    UPDATE \(table.name) SET \(table.columns[column]) = ?, checksum = ?
                    WHERE \(match)
                    """,
                arguments: StatementArguments([value, checksum] + before))
        } catch let error as DatabaseError
            where [.SQLITE_CONSTRAINT, .SQLITE_MISMATCH].contains(error.resultCode)
        {
            // The schema forbids it.
        }
    }

    private static func seeds() -> [[UInt8]] {
        [[]]
            + StoreRows.tables.indices.flatMap { table in
                StoreRows.tables[table].columns.indices.map { column in
                    [UInt8(table), 0, UInt8(column), 3, 62, UInt8(column)]
                }
            }
    }
}
