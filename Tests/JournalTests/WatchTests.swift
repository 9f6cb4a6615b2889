import Foundation
import GRDB
import Glibc
import Journal
import Storage
import TestSupport
import Testing

/// Files of a store that is being written are taken away, replaced or cut.
@Suite struct WatchTests {
    private let store: TemporaryStore
    private let writer: JournalWriter

    init() throws {
        store = try TemporaryStore()
        writer = try JournalWriter(path: store.path)
        try writer.write([.began(try incarnation(1, "a")), .request(request(1, 0))])
        try writer.confirm()
    }

    private func move(_ suffix: String, to other: String) throws {
        try FileManager.default.moveItem(
            atPath: store.path + suffix, toPath: store.path + other)
    }

    private func expectStopped() throws {
        #expect(try refusal { try writer.confirm() } == .moved)
        #expect(try refusal { try writer.write([.request(request(1, 1))]) } == .moved)
    }

    /// It continues where the same file is back, and nothing is written twice.
    @Test(arguments: ["", "-wal", "-shm"])
    func aFileThatIsGoneOrReplacedIsNoticed(suffix: String) throws {
        try move(suffix, to: "-away")
        try expectStopped()
        try store.overwrite(suffix, Array(Data(contentsOf: URL(filePath: store.path + "-away"))))
        try expectStopped()
        try store.remove(suffix)
        try move("-away", to: suffix)
        try writer.write([.request(request(1, 1))])
        try writer.confirm()
        try writer.close()
        #expect(try JournalReader(path: store.path).requests(of: 1).count == 2)
    }

    @Test func aRenamedFolderIsNoticed() throws {
        let away = store.folder + "-away"
        try FileManager.default.moveItem(atPath: store.folder, toPath: away)
        try expectStopped()
        try FileManager.default.moveItem(atPath: away, toPath: store.folder)
        try writer.write([.request(request(1, 1))])
        try writer.close()
        #expect(try JournalReader(path: store.path).requests(of: 1).count == 2)
    }

    @Test(arguments: [0, 4096]) func aDatabaseThatWasCutIsNoticed(size: Int) throws {
        #expect(unsafe truncate(store.path, size) == 0)
        try expectStopped()
        let left = try store.bytes()
        try writer.close()
        // What is left of the database stays as it is.
        #expect(try store.bytes() == left)
    }

    @Test func aLogThatWasCutIsNoticedAfterTheNextCommit() throws {
        #expect(unsafe truncate(store.path + "-wal", 0) == 0)
        try writer.write([.request(request(1, 1))])
        try expectStopped()
    }

    /// What SQLite itself does for another program takes nothing away.
    @Test(arguments: ["PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM"])
    func whatSQLiteDoesForOthersIsNoDamage(statement: String) throws {
        let other = try DatabaseQueue(path: store.path)
        try other.writeWithoutTransaction { db in try db.execute(sql: statement) }
        try writer.write([.request(request(1, 1))])
        try writer.confirm()
        try other.close()
        try writer.write([.request(request(1, 2))])
        try writer.close()
        #expect(try JournalReader(path: store.path).requests(of: 1).count == 3)
    }

    /// What another store's files are called is not touched by closing this one.
    @Test func aStoreInItsPlaceIsLeftAlone() throws {
        let other = try TemporaryStore()
        let history = try JournalWriter(path: other.path)
        try history.write([.began(try incarnation(1, "b")), .request(request(1, 0))])
        for suffix in ["", "-wal", "-shm", "-ledger"] {
            try store.remove(suffix)
            guard suffix != "-shm" else { continue }
            try store.overwrite(suffix, other.bytes(suffix))
        }
        #expect(try refusal { try writer.write([.request(request(1, 1))]) } == .moved)
        try writer.close()
        #expect(try store.bytes("-wal") == other.bytes("-wal"))
        #expect(try JournalReader(path: store.path).requests(of: 1).count == 1)
    }

    @Test func aLockAndALedgerThatWereDeletedAreMadeAgain() throws {
        try store.remove("-lock")
        try store.remove("-ledger")
        try writer.write([.request(request(1, 1))])
        try writer.confirm()
        #expect(try refusal { _ = try JournalWriter(path: store.path) } == .inUse)
        let copy = try store.copy(leavingOut: ["-wal"])
        #expect(try refusal { _ = try JournalWriter(path: copy.path) } == .damaged)
        try writer.close()
        try JournalWriter(path: store.path).close()
    }

    @Test func aSecondWriterThatGotTheLockEndsTheFirst() throws {
        try store.remove("-lock")
        let second = try JournalWriter(path: store.path)
        #expect(try refusal { try writer.write([.request(request(1, 1))]) } == .inUse)
        try second.close()
    }

    /// The database comes down to what is left of it, and is not taken for one that was cut.
    @Test func givingSpaceBackIsNoCut() throws {
        let store = try TemporaryStore()
        let options = JournalOptions(retention: .init(maxAge: 1))
        let writer = try JournalWriter(path: store.path, options: options)
        try writer.write([.began(try incarnation(1, "a"))])
        for sequence in 0..<4 as Range<UInt64> {
            var large = request(1, sequence)
            large.text = [UInt8](repeating: 1, count: 4 << 20)
            try writer.write([.request(large)])
        }
        try writer.write([.sweepBegan(shard: 0), .ended(1, time: 0), .sweepEnded(shard: 0)])
        let before = try store.bytes().count
        while try writer.retain(now: .infinity) {}
        for sequence in 0..<2000 as Range<UInt64> {
            try writer.write([
                .began(try incarnation(Int64(sequence) + 2, "s\(sequence)")),
                .request(request(Int64(sequence) + 2, 0)),
            ])
            try writer.confirm()
        }
        #expect(try store.bytes().count < before / 4)
        try writer.close()
    }
}
