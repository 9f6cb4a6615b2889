internal import GRDB

/// One table: its columns in their order but for `checksum`, which stands last in each.
struct Table: Sendable {
    let name: String
    let columns: [String]
    /// The columns that tell a row from others, for messages.
    let identity: [Int]
    /// All columns as a SELECT lists them.
    let selection: String
    let insert: String

    init(_ name: String, _ columns: [String], identity: [Int]) {
        self.name = name
        self.columns = columns
        self.identity = identity
        let all = columns + ["checksum"]
        selection = all.map { "\(name).\($0)" }.joined(separator: ", ")
        let places = Array(repeating: "?", count: all.count).joined(separator: ", ")
        insert = "INSERT INTO \(name) (\(all.joined(separator: ", "))) VALUES (\(places))"
    }

    /// An UPDATE of all columns of the row whose first column is the first value.
    var update: String {
        let all = columns + ["checksum"]
        let settings = all.enumerated().map { "\($1) = ?\($0 + 1)" }.joined(separator: ", ")
        return "UPDATE \(name) SET \(settings) WHERE \(columns[0]) = ?1"
    }

    /// The values and their checksum.
    func arguments(_ values: [DatabaseValue]) -> StatementArguments {
        var all = values
        all.append(Checksum.of(name, values).databaseValue)
        return StatementArguments(all)
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
        try db.cachedStatement(sql: Self.table.insert)
            .execute(arguments: Self.table.arguments(values))
    }

    /// Overwrites the row whose first column is the same.
    func update(in db: Database) throws {
        try db.cachedStatement(sql: Self.table.update)
            .execute(arguments: Self.table.arguments(values))
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
