internal import GRDB

extension Schema {
    /// Refuses another program's database, and one of a later version.
    static func identify(_ db: Database, _ files: StoreFiles) throws {
        guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == applicationID else {
            throw JournalError(
                .foreign, file: files.database, "it is another program's SQLite database")
        }
        let found = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let isSuperseded = try migrator.hasBeenSuperseded(db)
        guard found <= version && !isSuperseded else {
            throw JournalError(
                .foreign, file: files.database, part: "schema",
                "it is of version \(found), and this program knows up to \(version); "
                    + "use the program that wrote it or a later one")
        }
    }

    /// Whether nothing has been made yet but the mark: the process ended there.
    static func isEmpty(_ db: Database) throws -> Bool {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0
    }

    /// Refuses a store whose tables are not those of the version it claims to be.
    static func checkTables(_ db: Database, _ files: StoreFiles) throws {
        let found = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let applied = try migrator.appliedMigrations(db)
        guard found > 0, applied == migrator.migrations.prefix(Int(found)) + [] else {
            throw RowDamage(
                part: "schema", "its version is \(found), but its migrations are \(applied)")
        }
        let stored = try definitions(db)
        for (name, definition) in try expected(upTo: String(found))
        where stored[name] != definition {
            throw RowDamage(part: "schema", "the definition of \(name) is not what was written")
        }
    }

    private static func expected(upTo version: String) throws -> [String: String] {
        let database = try DatabaseQueue()
        try migrator.migrate(database, upTo: version)
        return try database.read { db in try definitions(db) }
    }

    private static func definitions(_ db: Database) throws -> [String: String] {
        let statement = try db.makeStatement(
            sql: "SELECT type || ' ' || name, tbl_name || ': ' || coalesce(sql, '') "
                + "FROM sqlite_schema")
        let rows = try Row.fetchCursor(statement)
        var definitions: [String: String] = [:]
        while let row = try rows.next() {
            let values = Array(row.databaseValues)
            guard case .string(let name) = values[0].storage,
                case .string(let definition) = values[1].storage
            else { continue }
            definitions[name] = definition
        }
        return definitions
    }
}
