internal import GRDB

/// How the database file is filled.
struct StorePages {
    let count: Int
    let free: Int
    private let size: Int

    init(_ db: Database) throws {
        count = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
        size = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
    }

    var pageBytes: Int { size }
    var fileBytes: Int { count * size }

    var usedBytes: Int { (count - free) * size }
}
