import Foundation
import Journal
import Storage
import TestSupport
import Testing

@Suite(.enabled(if: TemporaryMount.isPermitted, "mounting a small tmpfs is not permitted here"))
struct DiskTests {
    private let options = JournalOptions(shards: RandomHistory.shards)

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func aFullDiskLosesNothing(seed: UInt64) throws {
        let disk = try TemporaryMount(bytes: 8 << 20)
        let path = disk.folder + "/journal.sqlite"
        var history = RandomHistory(seed: seed)
        var writer: JournalWriter? = try JournalWriter(path: path, options: options)
        for _ in 0..<5 { try writer?.write(history.batch()) }
        try disk.fill(leaving: Int.random(in: 0..<100_000, using: &history.random))

        var refused: [StorageRecord] = []
        var before = history.model
        while refused.isEmpty {
            before = history.model
            let batch = history.batch()
            let code = try refusal { try writer?.write(batch) }
            if code != nil {
                #expect(code == .full)
                refused = batch
            }
        }
        #expect(try refusal { try writer?.write(refused) } == .full)
        #expect(try before.differences(JournalReader(path: path)) == [])

        try disk.makeRoom()
        try writer?.write(refused)
        for _ in 0..<5 { try writer?.write(history.batch()) }
        #expect(try history.model.differences(JournalReader(path: path)) == [])
        try writer?.close()
        writer = nil
        let reader = try JournalReader(path: path)
        try reader.check()
        #expect(try history.model.differences(reader) == [])
    }

    @Test func aFullDiskTakesNoNewStore() throws {
        let disk = try TemporaryMount(bytes: 1 << 20)
        try disk.fill(leaving: 0)
        let path = disk.folder + "/journal.sqlite"
        #expect(try refusal { _ = try JournalWriter(path: path) } == .full)
        try disk.makeRoom()
        try JournalWriter(path: path).close()
    }

    @Test func aReadOnlyDiskCanBeRead() throws {
        let disk = try TemporaryMount(bytes: 8 << 20)
        let path = disk.folder + "/a#b?c%/journal.sqlite"
        var history = RandomHistory(seed: 3)
        let writer = try JournalWriter(path: path, options: options)
        for _ in 0..<9 { try writer.write(history.batch()) }
        try writer.close()
        try disk.makeReadOnly()
        #expect(try refusal { _ = try JournalWriter(path: path) } == .readOnly)
        #expect(
            try refusal { _ = try JournalWriter(path: disk.folder + "/new/journal.sqlite") }
                == .readOnly)
        let reader = try JournalReader(path: path)
        try reader.check()
        #expect(try history.model.differences(reader) == [])
    }
}
