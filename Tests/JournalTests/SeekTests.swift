import Foundation
import Journal
import Storage
import StorageSupport
import TestSupport
import Testing
import Wire

@Suite struct SeekTests {
    @Test(arguments: 1...2 as ClosedRange<UInt64>)
    func seekingFindsWhatLookingAtAllFinds(seed: UInt64) throws {
        let store = try TemporaryStore()
        var history = RandomHistory(seed: seed)
        let writer = try JournalWriter(path: store.path, options: JournalOptions(shards: 2))
        for _ in 0..<40 { try writer.write(history.batch()) }
        let reader = try JournalReader(path: store.path)
        for (key, stream) in history.model.streams {
            let requests = stream.requests
            for time in requests.map(\.time) + [history.time + 1] {
                #expect(
                    try reader.firstSequence(of: key, atOrAfter: time - 0.5)
                        == requests.first { $0.time >= time - 0.5 }?.sequence)
            }
            let checkpoints = stream.checkpoints
            for token in 0...((checkpoints.last?.tokens ?? 0) + 1) {
                #expect(
                    try reader.checkpoint(of: key, atOrBeforeToken: token)
                        == checkpoints.last { $0.tokens <= token })
            }
        }
    }

    @Test func aListShowsEachIncarnationOnceOverItsPages() throws {
        let store = try TemporaryStore()
        var history = RandomHistory(seed: 8)
        let writer = try JournalWriter(path: store.path, options: JournalOptions(shards: 2))
        for _ in 0..<80 { try writer.write(history.batch()) }
        let reader = try JournalReader(path: store.path)
        var (listed, last): ([IncarnationSummary], StreamIncarnation?) = ([], nil)
        while case let page = try reader.summaries(SummarySelection(after: last, limit: 4)),
            !page.isEmpty
        {
            listed += page
            last = page.last?.incarnation
        }
        #expect(try listed == MemoryStorage(history.model).makeReader().summaries())
    }

    @Test func aPrefixIsComparedByBytes() throws {
        let store = try TemporaryStore()
        let writer = try JournalWriter(path: store.path)
        let names = ["a", "ab", "ab\u{10FFFE}", "ab\u{e9}", "ac", "b", "a%", "a_", "A"]
        let incarnations = try names.enumerated().map { try incarnation(StreamKey($0 + 1), $1) }
        try writer.write(incarnations.map { .began($0) })
        let reader = try JournalReader(path: store.path)
        for prefix in ["", "a", "ab", "ab\u{e9}", "b", "c", "a%", "a_"] {
            let found = try reader.summaries(SummarySelection(prefix: prefix)).map(
                \.incarnation.name.text)
            #expect(found == names.filter { $0.hasPrefix(prefix) }.sorted(by: byBytes))
        }
    }

    private func byBytes(_ a: String, _ b: String) -> Bool {
        a.utf8.lexicographicallyPrecedes(b.utf8)
    }
}
