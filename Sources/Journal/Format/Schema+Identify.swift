internal import GRDB
internal import Names
internal import Storage

extension Schema {
    /// A store may come from anyone: what its schema says must not run functions of SQLite's that do
    /// more than compute, and no damaged page is taken for what it says it is.
    static func harden(_ configuration: inout Configuration) {
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
            try db.execute(sql: "PRAGMA cell_size_check = ON")
        }
    }

    /// Refuses another program's database, and one of a later version.
    static func identify(_ db: Database, _ files: StoreFiles) throws {
        guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == applicationID else {
            throw StorageError(
                .foreign, in: files.database, "it is another program's SQLite database")
        }
        let found = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard found <= version else {
            throw StorageError(
                .foreign, in: files.database, part: "schema",
                "it is of version \(found), and this program knows up to \(version); "
                    + "use the program that wrote it or a later one")
        }
        let encoding = try String.fetchOne(db, sql: "PRAGMA encoding") ?? "nothing"
        guard encoding == "UTF-8" else {
            throw StorageError(
                .foreign, in: files.database, part: "schema",
                "its texts are in \(encoding); expected UTF-8")
        }
    }

    /// Whether nothing has been made yet but the mark: the process ended there.
    static func isEmpty(_ db: Database) throws -> Bool {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0
    }

    /// Refuses a store whose tables are not those of the version it claims to be, or that has more
    /// than those: a trigger, a view or an index of others would be run by what we do.
    ///
    /// Nothing is read from a table before.
    static func checkTables(_ db: Database, _ files: StoreFiles) throws {
        let found = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard (1...version).contains(found) else {
            throw RowDamage(part: "schema", "its version is \(found); expected 1 to \(version)")
        }
        let stored = try definitions(db)
        let expected = try expected(upTo: String(found))
        for (name, definition) in expected.sorted(by: { $0.key < $1.key })
        where stored[name] != definition {
            throw RowDamage(
                part: "schema", "the definition of the \(name) is not what was written")
        }
        if let other = stored.keys.filter({ expected[$0] == nil }).min() {
            throw StorageError(
                .foreign, in: files.database, part: "schema",
                "it has the \(other), which is none of a store's; expected only what Sluice makes")
        }
        let applied = try migrator.appliedMigrations(db)
        guard applied == migrator.migrations.prefix(Int(found)) + [],
            try !migrator.hasBeenSuperseded(db)
        else {
            throw RowDamage(
                part: "schema", "its version is \(found), but its migrations are \(applied)")
        }
    }

    private static func expected(upTo version: String) throws -> [Name: Name] {
        let database = try DatabaseQueue()
        try migrator.migrate(database, upTo: version)
        return try database.read { db in try definitions(db) }
    }

    /// By kind and name, such as "trigger audit".
    private static func definitions(_ db: Database) throws -> [Name: Name] {
        let statement = try db.makeStatement(
            sql: """
                SELECT coalesce(type, '') || ' ' || coalesce(name, ''),
                    quote(tbl_name) || ': ' || coalesce(sql, '')
                FROM sqlite_schema
                """)
        let rows = try Row.fetchCursor(statement)
        var definitions: [Name: Name] = [:]
        while let row = try rows.next() {
            let values = Array(row.databaseValues)
            guard case .string(let name) = values[0].storage,
                case .string(let definition) = values[1].storage,
                definitions.updateValue(Name(definition), forKey: Name(name)) == nil
            else { throw RowDamage(part: "schema", "its table of contents is damaged") }
        }
        return definitions
    }
}
