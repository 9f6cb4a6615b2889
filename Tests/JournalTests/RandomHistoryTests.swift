import Foundation
import Journal
import Storage
import TestSupport
import Testing

@Suite struct RandomHistoryTests {
    private let options = JournalOptions(shards: RandomHistory.shards)

    /// The files as they are between two commits are what the end of the process leaves.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func aStoreCopiedAtAnyCommitHoldsAllOfIt(seed: UInt64) throws {
        let store = try TemporaryStore()
        var history = RandomHistory(seed: seed)
        var writer: JournalWriter? = try JournalWriter(path: store.path, options: options)
        for commit in 0..<80 {
            try writer?.write(history.batch())
            guard Int.random(in: 0..<8, using: &history.random) == 0 else { continue }
            let copy = try store.copy()
            let other = try JournalWriter(path: copy.path, options: options)
            let reader = try JournalReader(path: copy.path)
            #expect(try history.model.differences(reader) == [], "after commit \(commit)")
            try other.close()
            try reader.check()
        }
        try writer?.close()
        writer = nil
        #expect(try history.model.differences(JournalReader(path: store.path)) == [])
    }

    /// A commit that was cut short is as if it had never begun.
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func aProcessEndedWithinACommitLosesThatCommitAtMost(seed: UInt64) throws {
        let store = try TemporaryStore()
        var history = RandomHistory(seed: seed)
        let writer = try JournalWriter(path: store.path, options: options)
        for _ in 0..<12 {
            try writer.write(history.batch())
            let before = history.model
            let copy = try store.copy()
            let written = try copy.bytes("-wal").count
            try writer.write(history.batch())
            let log = try store.bytes("-wal")
            let end = Int.random(in: written..<log.count, using: &history.random)
            try copy.overwrite("-wal", Array(log[..<end]))
            let other = try JournalWriter(path: copy.path, options: options)
            let reader = try JournalReader(path: copy.path)
            #expect(try before.differences(reader) == [], "of \(log.count) bytes \(end)")
            try other.close()
        }
    }

    @Test func aReaderBesideTheWriterSeesWholeCommits() throws {
        let store = try TemporaryStore()
        var history = RandomHistory(seed: 9)
        let writer = try JournalWriter(path: store.path, options: options)
        try writer.write(history.batch())
        let reader = try JournalReader(path: store.path)
        for _ in 0..<40 {
            try writer.write(history.batch())
            #expect(try history.model.differences(reader) == [])
        }
    }
}
