import Engine
import RecordingSupport
import Replay
import TestSupport
import Testing
import Wire

/// What is not kept, and models that read whole messages.
@Suite struct BackfillLimitTests {
    private func all(
        _ store: RecordedStore, _ ranges: [EventKind: Range<UInt64>]
    ) throws -> [String: Published] {
        let backfill = Backfill(
            try store.session("a"), of: OutputProfile(), upTo: nil, options: EngineOptions())
        var found: [String: Published] = [:]
        var (left, limits) = (ranges, Backfill.Limits())
        limits.events = 7
        while !left.isEmpty {
            let page = try backfill.page(of: left, limits: limits)
            try #require(!page.isPending)
            #expect(page.events.count <= 7)
            for event in page.events {
                found["\(event.kind.rawValue)/\(event.stream)", default: Published()]
                    .append(event.body[...], event.sequence)
            }
            left = page.rest
        }
        return found
    }

    private let everything = Dictionary(
        uniqueKeysWithValues: EventKind.allCases.map { ($0, 0..<UInt64.max) })

    @Test func whatRetentionDeletedIsNotKept() throws {
        let store = try RecordedStore()
        try store.serve(try TestModel.make())
        for index in 0..<40 {
            try store.accept(.text("a", "message number \(index)"))
            try store.run()
        }
        try store.finish()
        let whole = try #require(store.recording.about("a")["next/a"])
        try store.retain(latest: 20)
        let backfill = Backfill(
            try store.session("a"), of: OutputProfile(), upTo: nil, options: EngineOptions())
        let first = try backfill.first()
        let start = try #require(first[.next])
        #expect(start > 0 && start < UInt64(whole.bodies.count))
        #expect(try backfill.place().next[.next] == UInt64(whole.bodies.count))
        for before in [UInt64(0), start - 1] {
            #expect(throws: BackfillError.notKept(first: first)) {
                try backfill.page(of: [.next: before..<before + 1])
            }
        }
        let kept = try #require(all(store, [.next: start..<UInt64.max])["next/a"])
        #expect(kept.bodies == Array(whole.bodies.dropFirst(Int(start))))
        #expect(kept.sequences.first == start)
    }

    @Test func aModelOfWholeMessagesIsTheSame() throws {
        let store = try RecordedStore()
        try store.serve(try TestModel.make(TestModel.bidirectional()))
        for index in 0..<12 {
            try store.accept(.text("a", "message number \(index)", more: index % 3 == 0))
            if index == 5 { try store.evict() }
            if index == 7 { try store.accept(.operation(.reset, "a")) }
        }
        try store.finish()
        let whole = store.recording.about("a")
        #expect(whole["sentiment/a"]?.bodies.isEmpty == false && whole["next/a"] == nil)
        #expect(try all(store, everything) == whole)
        #expect(
            try all(store, [.sentiment: 3..<5])["sentiment/a"]?.sequences == [3, 4])
    }

    /// A part without text, from the end on, is empty and not still to come.
    @Test func nothingIsPendingAtTheEnd() throws {
        let store = try RecordedStore()
        try store.serve(try TestModel.make())
        try store.accept(.text("a", "some text"))
        try store.run()
        try store.evict()
        try store.finish()
        let backfill = Backfill(
            try store.session("a"), of: OutputProfile(), upTo: nil, options: EngineOptions())
        let place = try backfill.place()
        #expect(!place.isPending)
        let end = try #require(place.next[.next])
        let page = try backfill.page(of: [.next: end..<UInt64.max])
        #expect(page.isComplete && page.events.isEmpty && !page.isPending)
    }

    /// The number of candidates is that of the time, wherever a page begins.
    @Test func candidatesAreThoseOfTheTime() throws {
        let store = try RecordedStore()
        for top in [2, 6] {
            try store.serve(try TestModel.make(), top: top)
            for index in 0..<8 { try store.accept(.text("a", "message number \(index)")) }
        }
        try store.finish()
        #expect(try all(store, everything) == store.recording.about("a"))
    }
}
