import Foundation
import Glibc
import Journal
import Storage
import TestSupport
import Testing

@Suite struct OpeningTests {
    /// A store that was closed in order, of one request.
    private func closedStore() throws -> TemporaryStore {
        let store = try TemporaryStore()
        let writer = try JournalWriter(path: store.path)
        try writer.write([.began(try incarnation(1, "a")), .request(request(1, 0))])
        try writer.close()
        return store
    }

    @Test func aMissingStoreIsMadeWithItsFolders() throws {
        let store = try TemporaryStore()
        let path = store.folder + "/one/two/journal.sqlite"
        #expect(try refusal { _ = try JournalReader(path: path) } == .missing)
        let writer = try JournalWriter(path: path)
        #expect(writer.nextKey == 1)
        #expect(try JournalReader(path: path).summaries().isEmpty)
        try writer.close()
    }

    @Test func aSecondWriterIsRefusedUntilTheFirstIsClosed() throws {
        let store = try closedStore()
        let first = try JournalWriter(path: store.path)
        do {
            _ = try JournalWriter(path: store.path)
            Issue.record("there are two")
        } catch {
            #expect(error.code == .inUse)
            #expect(error.message.contains("process \(getpid()) "))
        }
        try first.close()
        let second = try JournalWriter(path: store.path)
        #expect(try refusal { try first.write([.began(try incarnation(2, "b"))]) } != nil)
        try second.close()
    }

    @Test func aRunThatDidNotEndIsKnown() throws {
        let store = try TemporaryStore()
        let run = RunRecord(
            started: 1, version: "1", model: someModel, kernelTier: "scalar", threads: 1)
        var writer: JournalWriter? = try JournalWriter(path: store.path)
        #expect(writer?.wasInterrupted == false)
        try writer?.beginRun(run)
        let copy = try store.copy()
        try writer?.endRun(at: 2)
        try writer?.close()
        writer = nil
        #expect(try JournalWriter(path: store.path).wasInterrupted == false)
        #expect(try JournalWriter(path: copy.path).wasInterrupted == true)
    }

    @Test func whatIsNoStoreIsLeftAsItIs() throws {
        let store = try TemporaryStore()
        for bytes in [
            Array("A text of mine, and no database.\n".utf8), [0],
            [UInt8](repeating: 0, count: 9000),
        ] {
            try store.overwrite("", bytes)
            #expect(try refusal { _ = try JournalWriter(path: store.path) } == .foreign)
            #expect(try refusal { _ = try JournalReader(path: store.path) } == .foreign)
            #expect(try store.bytes() == bytes)
        }
        try store.remove("")
        try FileManager.default.createDirectory(
            atPath: store.path, withIntermediateDirectories: false)
        #expect(try refusal { _ = try JournalWriter(path: store.path) } == .foreign)
    }

    /// `application_id` stands at byte 68 of the database, `user_version` at 60.
    @Test(arguments: [68, 60])
    func anotherProgramsOrALaterStoreIsRefused(place: Int) throws {
        let store = try closedStore()
        var bytes = try store.bytes()
        bytes[place + 3] += 1
        try store.overwrite("", bytes)
        try store.remove("-ledger")
        #expect(try refusal { _ = try JournalWriter(path: store.path) } == .foreign)
        #expect(try refusal { _ = try JournalReader(path: store.path) } == .foreign)
        #expect(try store.bytes() == bytes)
    }

    /// The process ended after the file had its mark and before its tables.
    @Test func aStoreWithoutTablesIsMigrated() throws {
        let store = try TemporaryStore()
        try JournalWriter(path: store.path).close()
        var bytes = Array(try store.bytes()[..<4096])
        // An empty table of contents: one page, no cells, no schema version.
        for (place, value) in [
            (28, [0, 0, 0, 1]), (32, [0, 0, 0, 0]), (36, [0, 0, 0, 0]),
            (40, [0, 0, 0, 0]), (52, [0, 0, 0, 1]), (60, [0, 0, 0, 0]),
            (100, [13, 0, 0, 0, 0, 0x10, 0, 0]),
        ] as [(Int, [UInt8])] {
            bytes.replaceSubrange(place..<(place + value.count), with: value)
        }
        try store.overwrite("", bytes)
        #expect(try refusal { _ = try JournalWriter(path: store.path) } == .damaged)
        try store.remove("-ledger")
        #expect(try refusal { _ = try JournalReader(path: store.path) } == .missing)
        let writer = try JournalWriter(path: store.path)
        try writer.write([.began(try incarnation(1, "a")), .request(request(1, 0))])
        try writer.close()
        try JournalReader(path: store.path).check()
    }

    @Test func theSameEntryTwiceIsRefusedAndLeavesNothing() throws {
        let store = try closedStore()
        let writer = try JournalWriter(path: store.path)
        // A model and an endpoint that the store comes to know in the transaction that fails.
        var next = request(1, 1)
        next.model = [UInt8](repeating: 9, count: 32)
        next.endpoint = "tcp://127.0.0.1:1"
        let batch: [StorageRecord] = [.request(next), .request(request(1, 0))]
        #expect(try refusal { try writer.write(batch) } == .damaged)
        #expect(try JournalReader(path: store.path).requests(of: 1) == [request(1, 0)])
        try writer.write([.request(next), .outcome(outcome(1, 1))])
        let reader = try JournalReader(path: store.path)
        #expect(try reader.requests(of: 1) == [request(1, 0), next])
        try reader.check()
    }

    @Test func relaxedCommitsOutliveTheProcess() throws {
        let store = try TemporaryStore()
        let writer = try JournalWriter(
            path: store.path, options: JournalOptions(isDurable: false))
        try writer.write([.began(try incarnation(1, "a")), .request(request(1, 0))])
        let copy = try store.copy()
        let other = try JournalWriter(path: copy.path)
        #expect(other.lostCommits == 0)
        #expect(try JournalReader(path: copy.path).requests(of: 1) == [request(1, 0)])
    }

    /// The header of a closed store has no second copy in a log.
    @Test func noFlippedBitOfTheHeaderIsReadOver() throws {
        let store = try closedStore()
        let bytes = try store.bytes()
        var random = SeededRandom(seed: 1)
        for place in 0..<100 {
            let copy = try store.copy()
            var damaged = bytes
            damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            try copy.overwrite("", damaged)
            do {
                let writer = try JournalWriter(path: copy.path)
                let reader = try JournalReader(path: copy.path)
                #expect(try reader.requests(of: 1) == [request(1, 0)], "byte \(place)")
                #expect(try reader.summaries().count == 1, "byte \(place)")
                try writer.close()
            } catch {
                #expect([.damaged, .foreign, .readOnly, .io].contains(error.code), "\(error)")
            }
        }
    }
}
