import Foundation
import GRDB
import Names
import Storage
import TestSupport
import Testing
import Wire

@testable import Journal

/// A store may come from anyone. Whatever it holds is an error that says what was found, or is read
/// as it stands; it never ends the process, and never runs what others put there.
@Suite struct HostileStoreTests {
    private func store() throws -> TemporaryStore {
        let store = try TemporaryStore()
        let writer = try JournalWriter(path: store.path)
        try writer.beginRun(
            RunRecord(
                started: 3, version: "1", model: someModel, kernelTier: "avx2", threads: 2))
        var numbered = request(1, 0)
        (numbered.producer, numbered.producerSequence, numbered.isAcknowledged) = ("p", 7, true)
        (numbered.producerTime, numbered.endpoint) = (5, "tcp://*:1")
        try writer.write([
            .began(try incarnation(1, "a")), .request(numbered), .outcome(outcome(1, 0)),
            .request(request(1, 1)), .outcome(outcome(1, 1)), .checkpoint(checkpoint(1, 1)),
            .checkpoint(checkpoint(1, 1, position: 3, isTemporary: true)),
            .began(try incarnation(2, "b")), .request(request(2, 0)), .ended(2, time: 9),
        ])
        try writer.writeFile(ofModel: someModel, "config.json", part: 0, [1])
        try writer.endRun(at: 10)
        try writer.close()
        return store
    }

    // MARK: Rows

    private static let integers: [Int64] = [
        .min, -1, 0, 1, 1 << 31, 1 << 62, 1 << 62 + 1, .max,
    ]
    private static let reals = [-Double.infinity, .infinity, -1e308, 1e308, -1, 1e15]

    private static func extremes(of value: DatabaseValue) -> [DatabaseValue] {
        switch value.storage {
        case .int64: integers.map(\.databaseValue) + [.null]
        case .double: reals.map(\.databaseValue) + [.null]
        case .string: ["", "x", "\u{1}0", "\u{301}"].map(\.databaseValue)
        case .blob: [Data().databaseValue, Data([1, 2]).databaseValue]
        case .null: [.null]
        }
    }

    /// All that a reader can be asked.
    private func readAll(_ path: String) throws {
        let reader = try JournalReader(path: path)
        var errors: [any Error] = []
        func trying(_ body: () throws -> Void) { do { try body() } catch { errors.append(error) } }
        trying { try reader.check() }
        trying { _ = try reader.summaries() }
        trying { _ = try (reader.runs(), reader.models(), reader.labels(), reader.horizon()) }
        trying {
            _ = try tail(of: reader, limit: 1)
        }
        for name in ["a", "b"] {
            trying { _ = try reader.producers(of: StreamID(name)) }
            trying {
                guard let key = try reader.latestIncarnation(of: StreamID(name))?.incarnation.key
                else { return }
                _ = try reader.requests(of: key)
                _ = try reader.outcomes(of: key)
                _ = try reader.modelSegments(of: key)
                _ = try reader.firstSequence(of: key, atOrAfter: 1e9)
            }
            trying {
                guard let key = try reader.latestIncarnation(of: StreamID(name))?.incarnation.key
                else { return }
                _ = try reader.checkpoints(of: key)
                _ = try reader.latestCheckpoint(of: key)
                _ = try reader.checkpoint(of: key, notAfter: TextPosition(sequence: 1))
                _ = try reader.checkpoint(of: key, atOrBeforeToken: .max >> 1)
            }
        }
        if let error = errors.first { throw error }
    }

    /// All that a writer does, and retention.
    private func writeAll(_ path: String) throws {
        var options = JournalOptions(isDurable: false, check: .never)
        options.retention = .init(maxAge: 1)
        let writer = try JournalWriter(path: path, options: options)
        try writer.write([
            .began(try incarnation(writer.nextKey, "c")), .request(request(writer.nextKey, 0)),
            .checkpoint(checkpoint(1, 1)), .ended(1, time: 11), .sweepBegan(shard: 0),
            .sweepEnded(shard: 0),
        ])
        for _ in 0..<4 { _ = try writer.retain(now: 1_800_000_000) }
        try writer.close()
    }

    @Test(arguments: StoreEditor.tables.map(\.name))
    func extremeNumbersAreRefusedOrRead(table name: String) throws {
        let table = try #require(StoreEditor.tables.first { $0.name == name })
        let original = try store()
        let editor = try StoreEditor(original.path)
        let columns = try editor.columns(of: table)
        try editor.close()
        #expect(!columns.isEmpty)
        // The schema lets no two labels have one number.
        var (used, refused) = (0, 0)
        for column in columns {
            for value in Self.extremes(of: column.value) {
                let copy = try original.copy()
                let editor = try StoreEditor(copy.path)
                let isSet = try editor.set(column.name, of: table, to: value)
                try editor.close()
                guard isSet else { continue }
                used += 1
                for use in [readAll, writeAll] {
                    do {
                        try use(copy.path)
                    } catch let error as StorageError {
                        #expect(
                            [.damaged, .foreign, .missing, .io].contains(error.code), "\(error)")
                        refused += 1
                    }
                }
            }
        }
        #expect(refused > 0 || used == 0)
        #expect(used > 0 || name == "label")
    }

    /// Of a text there must be nothing that would be read as another.
    @Test(arguments: ["CAST(x'61FF' AS TEXT)", "CAST(x'610062' AS TEXT)"])
    func aTextThatIsNoneIsRefused(_ text: String) throws {
        for read in ["a\u{FFFD}", "a"] {
            let store = try store()
            let editor = try StoreEditor(store.path)
            let row = [
                "1", read, "0", "1700000001.0", "NULL", "0",
            ]
            let checksum = Checksum.of(
                "stream",
                [
                    1.databaseValue, read.databaseValue, 0.databaseValue,
                    1_700_000_001.0.databaseValue, .null, 0.databaseValue,
                ])
            #expect(row.count == StreamRow.table.columns.count)
            try editor.execute(
                "UPDATE stream SET name = \(text), checksum = \(checksum) WHERE id = 1")
            try editor.close()
            var passedOver: [StorageError] = []
            let listed = try JournalReader(path: store.path).summaries(SummarySelection()) {
                passedOver.append($0)
            }
            #expect(listed.allSatisfy { $0.incarnation.key != 1 })
            #expect(passedOver.map(\.code) == [.damaged])
        }
    }

    // MARK: Schema

    @Test(arguments: [
        ("CREATE TRIGGER audit AFTER INSERT ON request BEGIN SELECT 1; END", "trigger audit"),
        ("CREATE VIEW mine AS SELECT 1", "view mine"),
        ("CREATE TABLE mine (a)", "table mine"),
        ("CREATE INDEX mine ON request (time)", "index mine"),
        ("CREATE VIRTUAL TABLE mine USING fts5(a)", "mine"),
        ("ANALYZE", "sqlite_stat1"),
        ("DROP INDEX request_sequence", "request_sequence"),
        ("DROP VIEW message; CREATE VIEW message AS SELECT 1", "view message"),
        ("DROP TABLE file; CREATE TABLE file (id INTEGER PRIMARY KEY)", "file"),
        (
            "DROP TABLE grdb_migrations; CREATE VIEW grdb_migrations AS SELECT '1' AS identifier",
            "grdb_migrations"
        ),
        (
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'NOT NULL', '') "
                + "WHERE name = 'request'", "table request"
        ),
        ("PRAGMA user_version = 0", "version is 0"), ("PRAGMA user_version = -1", "version is -1"),
    ])
    func whatOthersMadeIsRefused(_ statement: String, _ found: String) throws {
        let store = try store()
        let editor = try StoreEditor(store.path)
        try editor.execute(statement)
        try editor.close()
        let before = try store.bytes()
        for open in [
            { _ = try JournalReader(path: store.path) },
            { _ = try JournalWriter(path: store.path) },
        ] {
            let error = #expect(throws: StorageError.self) { try open() }
            #expect([.damaged, .foreign].contains(error?.code))
            #expect(error?.description.contains(found) == true, "\(error?.description ?? "")")
        }
        #expect(try store.bytes() == before)
    }
}
