import Digests
import Foundation
import Journal
import Storage
import StorageSupport
import TestSupport
import Testing

/// Each case damages a store once. It is then refused, or nothing of it is missing or changed.
@Suite struct DamageTests {
    private let options = JournalOptions(shards: RandomHistory.shards, check: .always)

    /// A store of which some is in the database and some still in SQLite's log.
    private func store(seed: UInt64) throws -> (TemporaryStore, MemoryState) {
        let store = try TemporaryStore()
        var history = RandomHistory(seed: seed)
        var writer = try JournalWriter(path: store.path, options: options)
        for _ in 0..<25 { try writer.write(history.batch()) }
        try writer.close()
        writer = try JournalWriter(path: store.path, options: options)
        for _ in 0..<4 { try writer.write(history.batch()) }
        return (try store.copy(), history.model)
    }

    /// - Returns: whether it was refused.
    private func isRefused(_ store: TemporaryStore, _ model: MemoryState, _ damage: String)
        throws -> Bool
    {
        let before = try [store.bytes(), store.bytes("-wal")]
        do {
            let writer = try JournalWriter(path: store.path, options: options)
            let reader = try JournalReader(path: store.path)
            #expect(try model.differences(reader) == [], "\(damage)")
            try writer.close()
            return false
        } catch let error as StorageError {
            #expect([.damaged, .foreign, .io].contains(error.code), "\(damage): \(error)")
            #expect(try [store.bytes(), store.bytes("-wal")] == before, "\(damage) was changed")
            return true
        }
    }

    @Test(arguments: ["", "-wal", "-ledger"], 1...2 as ClosedRange<UInt64>)
    func noFlippedBitIsReadOver(file: String, seed: UInt64) throws {
        let (store, model) = try store(seed: seed)
        var random = SeededRandom(seed: seed)
        let bytes = try store.bytes(file)
        var refused = 0
        for _ in 0..<40 {
            let copy = try store.copy()
            var damaged = bytes
            let (place, bit) = (
                Int.random(in: bytes.indices, using: &random), Int.random(in: 0..<8, using: &random)
            )
            damaged[place] ^= 1 << bit
            try copy.overwrite(file, damaged)
            if try isRefused(copy, model, "bit \(bit) of \(place) in \(file)") { refused += 1 }
        }
        // Many bits of the database lie in free pages, or in pages of which the log has later ones.
        #expect(refused > 6)
    }

    /// What the database has lost of its end may still be in the log.
    @Test(arguments: ["", "-wal", "-ledger"], 1...2 as ClosedRange<UInt64>)
    func noLostEndIsReadOver(file: String, seed: UInt64) throws {
        let (store, model) = try store(seed: seed)
        var random = SeededRandom(seed: seed + 100)
        let bytes = try store.bytes(file)
        for turn in 0..<20 {
            let copy = try store.copy()
            let count = turn == 0 ? 0 : Int.random(in: 0..<bytes.count, using: &random)
            try copy.overwrite(file, Array(bytes[..<count]))
            let damage = "\(count) of \(bytes.count) bytes of \(file)"
            let isRefused = try isRefused(copy, model, damage)
            #expect(isRefused || file.isEmpty && count > 0, "\(damage)")
        }
    }

    /// Without the writer's check: what is read is right or refused.
    @Test(arguments: 1...2 as ClosedRange<UInt64>)
    func aReaderFindsEachFlippedBitWhenItChecks(seed: UInt64) throws {
        let (store, model) = try store(seed: seed)
        var random = SeededRandom(seed: seed + 200)
        let bytes = try store.bytes()
        for _ in 0..<40 {
            let copy = try store.copy()
            var damaged = bytes
            let place = Int.random(in: bytes.indices, using: &random)
            damaged[place] ^= 1 << Int.random(in: 0..<8, using: &random)
            try copy.overwrite(damaged)
            do {
                let reader = try JournalReader(path: copy.path)
                try reader.check()
                #expect(try model.differences(reader) == [], "\(place)")
            } catch let error as StorageError {
                #expect([.damaged, .foreign, .io].contains(error.code), "\(error)")
            }
        }
    }

    @Test func aLostFileIsRefused() throws {
        let (store, _) = try store(seed: 3)
        for lost in [[""], ["-wal"], ["", "-wal"]] {
            let copy = try store.copy(leavingOut: lost)
            #expect(try refusal { _ = try JournalWriter(path: copy.path) } == .damaged)
            #expect(try refusal { _ = try JournalReader(path: copy.path) } == .damaged)
        }
        let log = try store.copy(leavingOut: ["", "-ledger"])
        #expect(try refusal { _ = try JournalWriter(path: log.path) } == .damaged)
    }

    @Test func anOldCopyIsRefusedUntilItsLedgerIsDeleted() throws {
        let store = try TemporaryStore()
        var history = RandomHistory(seed: 4)
        let writer = try JournalWriter(path: store.path, options: options)
        for _ in 0..<5 { try writer.write(history.batch()) }
        let old = history.model
        let copy = try store.copy()
        try writer.write(history.batch())
        try copy.overwrite("-ledger", store.bytes("-ledger"))
        do {
            _ = try JournalWriter(path: copy.path)
            Issue.record("it was opened")
        } catch {
            #expect(error.code == .damaged)
            #expect(error.message.contains("holds 5 commits"))
            #expect(error.message.contains("but 6 commits"))
            #expect(error.message.contains("delete \(copy.path)-ledger"))
        }
        try copy.remove("-ledger")
        let other = try JournalWriter(path: copy.path, options: options)
        #expect(try old.differences(JournalReader(path: copy.path)) == [])
        try other.close()
    }

    /// In another boot what was never on the disk for certain may be gone: here one of 6 commits.
    @Test(arguments: [(true, true), (true, false), (false, true)])
    func onlyAPowerLossTakesRelaxedCommits(isRelaxed: Bool, isLaterBoot: Bool) throws {
        let store = try TemporaryStore()
        var history = RandomHistory(seed: 6)
        let writer = try JournalWriter(
            path: store.path, options: JournalOptions(isDurable: !isRelaxed, shards: 2))
        for _ in 0..<5 { try writer.write(history.batch()) }
        let old = history.model
        let copy = try store.copy()
        try writer.write(history.batch())
        var ledger = Array(try store.bytes("-ledger")[..<56])
        if isLaterBoot { ledger[40] ^= 1 }
        try copy.overwrite("-ledger", ledger + Digest(of: ledger).bytes[..<8])
        guard isRelaxed && isLaterBoot else {
            #expect(try refusal { _ = try JournalWriter(path: copy.path) } == .damaged)
            return
        }
        let other = try JournalWriter(path: copy.path, options: options)
        #expect(other.lostCommits == 1)
        #expect(try old.differences(JournalReader(path: copy.path)) == [])
        try other.close()
        #expect(try JournalWriter(path: copy.path).lostCommits == 0)
    }

    @Test func anotherStoresLedgerIsRefused() throws {
        let (one, two) = (try store(seed: 5).0, try store(seed: 5).0)
        try one.overwrite("-ledger", two.bytes("-ledger"))
        #expect(try refusal { _ = try JournalWriter(path: one.path) } == .damaged)
    }
}

extension TemporaryStore {
    fileprivate func overwrite(_ bytes: [UInt8]) throws { try overwrite("", bytes) }
}
