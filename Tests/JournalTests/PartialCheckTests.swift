import Foundation
import GRDB
import Journal
import Storage
import StorageSupport
import TestSupport
import Testing
import Wire

/// The check of a store a few rows at a time.
@Suite struct PartialCheckTests {
    private let options = JournalOptions(shards: RandomHistory.shards)

    private func store(seed: UInt64, batches: Int = 40) throws -> (TemporaryStore, MemoryState) {
        let store = try TemporaryStore()
        var history = RandomHistory(seed: seed)
        let writer = try JournalWriter(path: store.path, options: options)
        for _ in 0..<batches { try writer.write(history.batch()) }
        try writer.close()
        return (store, history.model)
    }

    private func damages(_ store: TemporaryStore) throws -> [StreamDamage] {
        var check = try PartialCheck(storeAt: store.path)
        var found: [StreamDamage] = []
        while let damages = try check.next() { found += damages }
        return found
    }

    private func change(_ store: TemporaryStore, _ statement: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        try DatabaseQueue(path: store.path, configuration: configuration).write { db in
            try db.execute(sql: statement)
        }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>) func aWholeStoreHasNoDamage(seed: UInt64) throws
    {
        let (store, _) = try store(seed: seed)
        let found = try damages(store)
        #expect(found.isEmpty, "\(found.map { "\($0.stream?.text ?? ""): \($0.error)" })")
    }

    @Test func aCheckThatWasCutShortGoesOn() throws {
        let (store, _) = try store(seed: 4)
        var parts = 0
        var isAtEnd = false
        while !isAtEnd {
            var check = try PartialCheck(storeAt: store.path)
            #expect((0...1).contains(try check.progress()))
            parts += 1
            _ = try check.next()
            check.keep()
            isAtEnd = check.isAtEnd
            #expect(FileManager.default.fileExists(atPath: store.path + "-check") == !isAtEnd)
        }
        #expect(parts == 8)
    }

    @Test(arguments: [
        "sluice check 1\nstore 7\npages 0\n", "sluice check 1\nstore 7\nrequests -1\n", "",
    ])
    func whatIsNotThisStoresIsPassedOver(place: String) throws {
        let (store, _) = try store(seed: 4)
        try store.overwrite("-check", Array(place.utf8))
        #expect(try PartialCheck(storeAt: store.path).progress() == 0)
    }

    /// What was looked at is not looked at again.
    @Test func whatWasLookedAtIsPassedOver() throws {
        let (store, _) = try store(seed: 5)
        var check = try PartialCheck(storeAt: store.path)
        while try !check.hasReadRequests { _ = try check.next() }
        check.keep()
        try change(store, "UPDATE request SET time = time + 1 WHERE position = 3")
        var rest = try PartialCheck(storeAt: store.path)
        while let damages = try rest.next() { #expect(damages.isEmpty) }
        try store.remove("-check")
        #expect(try !damages(store).isEmpty)
    }

    @Test(arguments: [
        "UPDATE request SET text = x'00ff' WHERE position = 17",
        "UPDATE outcome SET tokens = tokens + 1 WHERE position = (SELECT min(position) FROM outcome)",
        "UPDATE checkpoint SET snapshot = x'00' WHERE id = (SELECT min(id) FROM checkpoint)",
        """
        DELETE FROM request WHERE position = (SELECT position FROM request JOIN stream
            ON stream.id = stream WHERE sequence = 2 AND ended IS NULL LIMIT 1)
        """,
        "UPDATE request SET endpoint = 9999 WHERE position = 20",
    ])
    func damageIsToldOfItsStream(statement: String) throws {
        let (store, _) = try store(seed: 6)
        try change(store, statement)
        let found = try damages(store)
        #expect(Set(found.compactMap(\.stream)).count == 1, "\(statement): \(found)")
        #expect(found.allSatisfy { $0.error.code == .damaged })
        // The check as a whole says the same.
        #expect(
            try refusal { _ = try JournalReader(path: store.path).check() } == .damaged)
    }

    @Test(arguments: [
        "UPDATE model SET folder = 'elsewhere'", "UPDATE label SET text = text || '!'",
    ])
    func damageThatIsNoSingleStreamsIsTheStores(statement: String) throws {
        let (store, _) = try store(seed: 7)
        try change(store, statement)
        #expect(try refusal { _ = try damages(store) } == .damaged)
    }

    /// Damage of one stream keeps no other from being listed.
    @Test(arguments: [
        ("UPDATE stream SET began = began + 1 WHERE id = 2", 1),
        ("UPDATE stream SET name = '' WHERE id = 2", 0),
        (
            "UPDATE request SET text = x'00ff' WHERE position = (SELECT max(position) FROM request)",
            1
        ),
        ("UPDATE checkpoint SET snapshot = x'00'", 2),
    ])
    func aListShowsTheRest(statement: String, damaged: Int) throws {
        let (store, _) = try store(seed: 10)
        let reader = try JournalReader(path: store.path)
        let before = try reader.summaries()
        try change(store, statement)
        let after = try reader.summaries()
        let broken = after.filter { $0.damage != nil }
        #expect(damaged == 2 ? broken.count > 1 : broken.count == damaged)
        #expect(after.count == (damaged == 0 ? before.count - 1 : before.count))
        let names = Set(broken.map(\.incarnation.key))
        #expect(
            after.filter { $0.damage == nil }
                == before.filter {
                    !names.contains($0.incarnation.key) && (damaged > 0 || $0.incarnation.key != 2)
                })
        var paged: [IncarnationSummary] = []
        while case let page = try reader.summaries(
            SummarySelection(after: paged.last?.incarnation, limit: 3)),
            !page.isEmpty
        {
            paged += page
        }
        #expect(paged == after)
    }

    /// The name in a damaged row is that of the stream to stop, unless it has lived again since.
    @Test func aDamagedRowOfAStreamStopsNoOther() throws {
        let (store, _) = try store(seed: 8)
        try change(store, "UPDATE stream SET began = began + 1")
        let found = try damages(store)
        let names = try DatabaseQueue(path: store.path).read { db in
            try String.fetchAll(db, sql: "SELECT name FROM stream ORDER BY id")
        }
        #expect(Set(found.compactMap { $0.stream?.text }) == Set(names))
        let latest = Set(names)
        #expect(Set(found.filter { !$0.isOver }.compactMap { $0.stream?.text }) == latest)
    }

    @Test(arguments: [
        "UPDATE run SET version = 'another'", "UPDATE stream SET name = '' WHERE id = 2",
    ])
    func whatNobodyAsksForStopsNothing(statement: String) throws {
        let (store, _) = try store(seed: 9)
        let writer = try JournalWriter(path: store.path, options: options)
        try writer.beginRun(
            RunRecord(
                started: 1, version: "test", model: Array(repeating: 1, count: 32),
                kernelTier: "AVX2", threads: 2))
        try writer.close()
        try change(store, statement)
        let found = try damages(store)
        #expect(!found.isEmpty && found.allSatisfy { $0.stream == nil })
        // Nor does it keep the store from being opened.
        try JournalWriter(path: store.path, options: options).close()
    }

    /// A row of a stream that is not there stops at most the one that it was taken from.
    @Test(arguments: [
        "UPDATE request SET stream = 9999 WHERE position = 20",
        "UPDATE request SET stream = -1 WHERE position = 20",
        "UPDATE checkpoint SET stream = 9999 WHERE id = (SELECT min(id) FROM checkpoint)",
        "DELETE FROM stream WHERE id = 2",
    ])
    func aRowOfNoStreamStopsNoOther(statement: String) throws {
        let (store, _) = try store(seed: 11)
        try change(store, statement)
        let found = try damages(store)
        #expect(found.contains { $0.stream == nil }, "\(statement): \(found)")
        #expect(Set(found.compactMap(\.stream)).count <= 1, "\(statement): \(found)")
    }

    /// As going through the whole tail finds it.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func unfinishedStreamsAreThoseWithRequestsBeyondTheirCheckpoints(seed: UInt64) throws {
        let (store, _) = try store(seed: seed, batches: 15)
        let reader = try JournalReader(path: store.path)
        var expected: Set<StreamID> = []
        for request in try tail(of: reader) where !request.isEnded {
            let key = request.incarnation.key
            let checkpoint = try reader.latestCheckpoint(of: key)?.sequence ?? 0
            let next = try #require(try reader.incarnation(of: key)).nextSequence
            if checkpoint < next { expected.insert(request.incarnation.name) }
        }
        let found = try reader.unfinishedStreams()
        #expect(!expected.isEmpty && Set(found) == expected && found.count == expected.count)
    }

    /// What is missing of the tail must be known to be certain streams'.
    @Test func aGapInTheTailIsSomeStreams() throws {
        let (store, _) = try store(seed: 11, batches: 15)
        let before = try JournalReader(path: store.path).unfinishedStreams()
        let inside = """
            position = (SELECT position FROM request AS one WHERE position >= (SELECT horizon FROM journal)
                AND EXISTS (SELECT 1 FROM request AS later
                    WHERE later.stream = one.stream AND later.sequence > one.sequence) LIMIT 1)
            """
        try change(store, "DELETE FROM request WHERE \(inside)")
        #expect(try JournalReader(path: store.path).unfinishedStreams().count == before.count)
        try change(
            store, "DELETE FROM request WHERE position = (SELECT max(position) FROM request)")
        #expect(
            try refusal { _ = try JournalReader(path: store.path).unfinishedStreams() } == .damaged)
    }
}

extension PartialCheck {
    /// All requests have been looked at.
    fileprivate var hasReadRequests: Bool {
        get throws { try progress() >= 0.5 }
    }
}
