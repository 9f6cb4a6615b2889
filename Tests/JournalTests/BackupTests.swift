import Foundation
import Glibc
import Storage
import StorageSupport
import Synchronization
import TestSupport
import Testing

@testable import Journal

/// A copy of a store that is in use, and a store that is made of it.
@Suite struct BackupTests {
    private let run = RunRecord(
        started: 1, version: "1", model: someModel, kernelTier: "scalar", threads: 1)

    /// A store with its history.
    private func filled(_ store: TemporaryStore) throws -> (JournalWriter, RandomHistory) {
        var options = JournalOptions()
        options.isDurable = false
        options.shards = RandomHistory.shards
        let writer = try JournalWriter(path: store.path, options: options)
        _ = try writer.acquire(run)
        var history = RandomHistory(seed: 4)
        for _ in 0..<12 { try writer.write(history.batch(40)) }
        return (writer, history)
    }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    /// What is written during the copy is not in it, and is not held up by it.
    @Test func itIsTheStoreOfOneMoment() throws {
        let store = try TemporaryStore()
        let (writer, history) = try filled(store)
        let before = history.model
        let backup = store.folder + "/copy"
        // Used on this thread alone, between two steps of the copy.
        nonisolated(unsafe) var later = history
        nonisolated(unsafe) let sameWriter = writer
        let written = Atomic(0)
        var options = BackupOptions()
        options.stepPages = 8
        options.bytesPerSecond = 1
        options.pause = { _ in
            let result = Result { unsafe try sameWriter.write(later.batch()) }
            #expect(throws: Never.self) { try result.get() }
            written.add(1, ordering: .relaxed)
        }
        let contents = try StoreBackup.write(storeAt: store.path, to: backup, options: options)
        #expect(written.load(ordering: .relaxed) > 0)
        #expect(
            contents.position == before.streams.values.reduce(0) { $0 + Int64($1.requests.count) })
        #expect(try before.differences(JournalReader(path: backup)) == [])
        #expect(try unsafe later.model.differences(JournalReader(path: store.path)) == [])
        #expect(try mode(backup) == 0o600)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: store.folder)
                .filter { $0.hasPrefix("copy") } == ["copy"])
        try writer.close()
    }

    @Test func noFileIsReplacedAndNothingIsLeftOfACopyThatFails() throws {
        let store = try TemporaryStore()
        let (writer, _) = try filled(store)
        let backup = store.folder + "/copy"
        var options = BackupOptions()
        options.stepPages = 8
        options.shouldStop = { true }
        #expect(throws: BackupInterrupted.self) {
            try StoreBackup.write(storeAt: store.path, to: backup, options: options)
        }
        try writer.close()
        let editor = try StoreEditor(store.path)
        try editor.execute("UPDATE request SET text = x'00' WHERE position = 3")
        try editor.close()
        #expect(
            try refusal { _ = try StoreBackup.write(storeAt: store.path, to: backup) } == .damaged)
        let names = try FileManager.default.contentsOfDirectory(atPath: store.folder)
        #expect(names.filter { $0.hasPrefix("copy") } == [])
        try Data("mine".utf8).write(to: URL(filePath: backup))
        #expect(
            try refusal { _ = try StoreBackup.write(storeAt: store.path, to: backup) } == .exists)
        #expect(try String(contentsOfFile: backup, encoding: .utf8) == "mine")
        #expect(
            try refusal {
                _ = try StoreBackup.write(storeAt: store.folder + "/none", to: backup + "2")
            } == .missing)
    }

    @Test func aRestoredStoreHasALaterOwnerAndANumberOfItsOwn() throws {
        let store = try TemporaryStore()
        let (writer, history) = try filled(store)
        let backup = store.folder + "/copy"
        let saved = try StoreBackup.write(storeAt: store.path, to: backup)
        let place = store.folder + "/elsewhere/journal.sqlite"
        let restored = try StoreRestore.make(storeAt: place, from: backup)
        #expect(restored == saved)
        #expect(try history.model.differences(JournalReader(path: place)) == [])
        for file in [place, place + "-ledger"] { #expect(try mode(file) == 0o600) }

        let owner = try JournalWriter(path: place)
        #expect(owner.wasInterrupted)
        #expect(owner.lostCommits == 0)
        #expect(owner.state.store != writer.state.store)
        #expect(owner.nextKey == writer.nextKey)
        #expect(try owner.acquire(run).epoch == 2)
        try owner.close()
        #expect(try JournalReader(path: place).check())
        try writer.close()
    }

    /// The files of the old store and of the new one are never taken for one store.
    @Test func anOldStoreIsRecognised() throws {
        let store = try TemporaryStore()
        let (writer, _) = try filled(store)
        try writer.close()
        let backup = store.folder + "/copy"
        _ = try StoreBackup.write(storeAt: store.path, to: backup)
        let place = try TemporaryStore()
        _ = try StoreRestore.make(storeAt: place.path, from: backup)
        let old = try store.copy(leavingOut: ["-ledger"])
        try FileManager.default.copyItem(
            atPath: place.path + "-ledger", toPath: old.path + "-ledger")
        #expect(try refusal { _ = try JournalWriter(path: old.path) } == .damaged)
        let mixed = try place.copy(leavingOut: ["-ledger"])
        try FileManager.default.copyItem(
            atPath: store.path + "-ledger", toPath: mixed.path + "-ledger")
        #expect(try refusal { _ = try JournalWriter(path: mixed.path) } == .damaged)
    }

    @Test(arguments: ["", "-wal", "-shm", "-journal", "-ledger"])
    func nothingIsReplaced(suffix: String) throws {
        let store = try TemporaryStore()
        let (writer, _) = try filled(store)
        try writer.close()
        let place = try TemporaryStore()
        try place.overwrite(suffix, Array("mine".utf8))
        #expect(
            try refusal { _ = try StoreRestore.make(storeAt: place.path, from: store.path) }
                == .exists)
        #expect(try place.bytes(suffix) == Array("mine".utf8))
        let names = try FileManager.default.contentsOfDirectory(atPath: place.folder)
        #expect(names == ["journal.sqlite" + suffix])
    }

    @Test func aPlaceInUseAndWhatIsNoBackupAreRefused() throws {
        let store = try TemporaryStore()
        let (writer, _) = try filled(store)
        let place = try TemporaryStore()
        let other = try JournalWriter(path: place.path)
        // Its database was deleted; the process writes on.
        for suffix in ["", "-wal", "-shm", "-ledger"] { try place.remove(suffix) }
        #expect(
            try refusal { _ = try StoreRestore.make(storeAt: place.path, from: store.path) }
                == .inUse)
        try? other.close()
        let bundle = store.folder + "/bundle"
        let bundled = try JournalWriter(path: bundle)
        try bundled.write([.model(ModelRecord(fingerprint: someModel, folder: "m"))])
        try bundled.writeFile(ofModel: someModel, "config.json", part: 0, [1])
        try bundled.closeAsOneFile()
        let new = try TemporaryStore()
        #expect(
            try refusal { _ = try StoreRestore.make(storeAt: new.path, from: bundle) } == .foreign)
        let text = store.folder + "/text"
        try Data("a text".utf8).write(to: URL(filePath: text))
        #expect(
            try refusal { _ = try StoreRestore.make(storeAt: new.path, from: text) } == .foreign)
        #expect(
            try refusal { _ = try StoreRestore.make(storeAt: new.path, from: text + "2") }
                == .missing)
        try writer.close()
    }
}
