import Foundation
import Journal
import Storage
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
        for key in history.model.incarnations.keys {
            let requests = history.model.requests[key] ?? []
            for time in requests.map(\.time) + [history.time + 1] {
                #expect(
                    try reader.firstSequence(of: key, atOrAfter: time - 0.5)
                        == requests.first { $0.time >= time - 0.5 }?.sequence)
            }
            let checkpoints = history.model.checkpoints[key] ?? []
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
        let expected = history.model.incarnations.values.sorted {
            ($0.name.text, $0.number) < ($1.name.text, $1.number)
        }
        var (listed, last): ([IncarnationSummary], StreamIncarnation?) = ([], nil)
        while case let page = try reader.summaries(SummarySelection(after: last, limit: 4)),
            !page.isEmpty
        {
            listed += page
            last = page.last?.incarnation
        }
        #expect(listed.map(\.incarnation) == expected)
        for summary in listed {
            let key = summary.incarnation.key
            let requests = history.model.requests[key] ?? []
            let outcome = history.model.outcomes[key]?.max { $0.key < $1.key }?.value
            #expect(summary.ended == history.model.ended[key])
            #expect(summary.requests == UInt64(requests.count))
            #expect(summary.firstTime == requests.first?.time)
            let last = requests.last { $0.operation.isInput(endpoint: $0.endpoint) }
            #expect(summary.lastInput == last?.time)
            #expect(summary.tokens == outcome?.tokens ?? 0)
            #expect(summary.model == requests.last?.model)
        }
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
