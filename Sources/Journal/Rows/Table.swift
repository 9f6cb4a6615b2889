internal import GRDB

/// One table: its columns in their order but for `checksum`, which is last in each.
struct Table: Sendable {
    let name: String
    let columns: [String]
    /// The columns that identify a row, for messages.
    let identity: [Int]
    /// All columns as a SELECT lists them.
    let selection: String
    let insert: String
    /// Leaves a row that is already there.
    let insertIfMissing: String
    /// Overwrites the row whose first column is the same.
    let update: String

    init(_ name: String, _ columns: [String], identity: [Int]) {
        self.name = name
        self.columns = columns
        self.identity = identity
        let all = columns + ["checksum"]
        selection = all.map { "\(name).\($0)" }.joined(separator: ", ")
        let places = Array(repeating: "?", count: all.count).joined(separator: ", ")
        insert = "INSERT INTO \(name) (\(all.joined(separator: ", "))) VALUES (\(places))"
        insertIfMissing = insert + " ON CONFLICT DO NOTHING"
        let settings = all.enumerated().map { "\($1) = ?\($0 + 1)" }.joined(separator: ", ")
        update = "UPDATE \(name) SET \(settings) WHERE \(columns[0]) = ?1"
    }

    /// Runs a statement whose arguments are a row's values and their checksum.
    ///
    /// They are bound here, because it takes GRDB a third of the time of a whole INSERT to make
    /// `StatementArguments` of them.
    func execute(_ statement: Statement, _ values: [DatabaseValue]) throws {
        statement.setUncheckedArguments(StatementArguments())
        var place: CInt = 1
        for value in values {
            try bind(value, statement, place)
            place += 1
        }
        try bind(Checksum.of(name, values).databaseValue, statement, place)
        try statement.execute()
    }

    private func bind(_ value: DatabaseValue, _ statement: Statement, _ place: CInt) throws {
        let code = unsafe value.bind(to: statement.sqliteStatement, at: place)
        guard code == 0 else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }
}

/// A row of one table, as the values of its columns.
protocol TableRow {
    static var table: Table { get }
    var values: [DatabaseValue] { get }
    init(_ fields: inout FieldReader) throws
}

extension TableRow {
    func insert(into db: Database) throws {
        try Self.table.execute(db.cachedStatement(sql: Self.table.insert), values)
    }

    func insertIfMissing(into db: Database) throws {
        try Self.table.execute(db.cachedStatement(sql: Self.table.insertIfMissing), values)
    }

    /// Overwrites the row whose first column is the same.
    func update(in db: Database) throws {
        try Self.table.execute(db.cachedStatement(sql: Self.table.update), values)
    }

    /// Takes the columns that `table.selection` lists, from column `first` on.
    init(_ row: Row, from first: Int = 0) throws {
        var fields = try FieldReader(row, Self.table, from: first)
        try self.init(&fields)
    }

    /// The rows for which `condition` holds: all that follows FROM.
    static func fetch(
        _ db: Database, _ condition: String, _ arguments: [DatabaseValue] = []
    ) throws -> [Self] {
        let statement = try db.cachedStatement(
            sql: "SELECT \(table.selection) FROM \(condition)")
        let rows = try Row.fetchCursor(statement, arguments: StatementArguments(arguments))
        var found: [Self] = []
        while let row = try rows.next() { found.append(try Self(row)) }
        return found
    }

    static func fetchOne(
        _ db: Database, _ condition: String, _ arguments: [DatabaseValue] = []
    ) throws -> Self? {
        try fetch(db, condition + " LIMIT 1", arguments).first
    }
}
