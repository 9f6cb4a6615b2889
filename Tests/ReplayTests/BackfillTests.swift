import Engine
import RecordingSupport
import Replay
import Storage
import TestSupport
import Testing
import Wire

/// Events that were published are computed again: the same bodies under the same numbers, none that
/// were not published.
@Suite struct BackfillTests {
    private let profile = OutputProfile()

    /// One stream of several epochs and two models, evicted and restored.
    private func recorded(
        subscribed: [String] = [""], outputs: [OutputProfile] = [OutputProfile()],
        end: Bool = false
    ) throws -> RecordedStore {
        let store = try RecordedStore()
        var random = SeededRandom(seed: 11)
        for seed in [UInt64(1), 2] {
            try store.serve(
                try TestModel.make(seed: seed), outputs: outputs, subscribed: subscribed)
            for index in 0..<30 {
                var request = Request.text("a", "", more: index % 3 == 0)
                request.text = random.text(Int.random(in: 1...40, using: &random))
                try store.accept(request)
                if index % 7 == 3 {
                    try store.accept(.refusal(StreamID("a"), Refusal(.header, "refused")))
                }
                if index % 9 == 5 { try store.accept(.operation(.reset, "a")) }
                if index % 4 == 1 { try store.run() }
                if index % 8 == 1 { try store.evict() }
            }
            try store.accept(.text("a", String(repeating: "long ", count: 100)))
        }
        if end { try store.accept(.operation(.end, "a")) }
        try store.finish()
        return store
    }

    private func backfill(
        _ session: Session, upTo position: StreamProgress? = nil, _ profile: OutputProfile? = nil
    ) -> Backfill {
        Backfill(
            session, of: profile ?? self.profile, upTo: position, options: EngineOptions())
    }

    /// All pages together, by topic.
    private func events(
        _ backfill: Backfill, _ ranges: [EventKind: Range<UInt64>], pageSize: Int = 1000
    ) throws -> (found: [String: Published], isPending: Bool) {
        var limits = Backfill.Limits()
        limits.events = pageSize
        var found: [String: Published] = [:]
        var left = ranges
        while true {
            let page = try backfill.page(of: left, limits: limits)
            for event in page.events {
                found["\(event.kind.rawValue)/\(event.stream)", default: Published()]
                    .append(event.body[...], event.sequence)
            }
            if page.isComplete || page.isPending { return (found, page.isPending) }
            // At most the events of one token and the end of a request more than were asked for.
            #expect((1...pageSize + 16).contains(page.events.count))
            left = page.rest
        }
    }

    private func part(
        _ whole: [String: Published], _ ranges: [EventKind: Range<UInt64>]
    ) -> [String: Published] {
        var part: [String: Published] = [:]
        for (kind, range) in ranges {
            let topic = "\(kind.rawValue)/a"
            for (body, sequence) in zip(whole[topic]?.bodies ?? [], whole[topic]?.sequences ?? [])
            where range.contains(sequence) {
                part[topic, default: Published()].append(Array(body.utf8)[...], sequence)
            }
        }
        return part
    }

    @Test func anyRangeIsWhatWasPublished() throws {
        let store = try recorded()
        let whole = store.recording.about("a")
        #expect(whole.count == 4)
        let backfill = backfill(try store.session("a"))
        let next = try backfill.place().next
        for (topic, published) in whole {
            let kind = try #require(EventKind(rawValue: String(topic.dropLast(2))))
            #expect(next[kind] == UInt64(published.bodies.count), "\(topic)")
        }
        let everything = next.mapValues { 0..<$0 }
        #expect(try events(backfill, everything).found == whole)
        #expect(
            try events(backfill, everything.mapValues { 0..<($0.upperBound + 100) }).found == whole)
        #expect(try events(backfill, next.mapValues { _ in 0..<UInt64.max }).found == whole)
        var random = SeededRandom(seed: 3)
        for _ in 0..<15 {
            var ranges: [EventKind: Range<UInt64>] = [:]
            for (kind, end) in next where Bool.random(using: &random) {
                let ends = [0, 1].map { _ in UInt64.random(in: 0...end, using: &random) }.sorted()
                ranges[kind] = ends[0]..<ends[1]
            }
            let size = Int.random(in: 1...200, using: &random)
            let (found, isPending) = try events(backfill, ranges, pageSize: size)
            #expect(found == part(whole, ranges), "\(ranges)")
            #expect(!isPending)
        }
    }

    /// Events that nobody subscribed to were counted, and can be had like the others.
    @Test func whatNobodyHeardIsTheSame() throws {
        let heard = try recorded(end: true).recording.about("a")
        let silent = try recorded(subscribed: ["sentiment/"], end: true)
        #expect(silent.recording.about("a").keys.sorted() == ["sentiment/a"])
        let backfill = backfill(try silent.session("a"))
        #expect(
            try events(
                backfill,
                [
                    .next: 0..<UInt64.max, .stream: 0..<UInt64.max,
                    .sentiment: 0..<UInt64.max, .error: 0..<UInt64.max,
                ]
            ).found == heard)
        #expect(
            try backfill.place().next[.stream] == UInt64(heard["stream/a"]?.bodies.count ?? 0))
    }

    /// As the output is configured: every third token, and messages.
    @Test func theOutputDecidesWhatIsDue() throws {
        var sparse = OutputProfile()
        sparse.next = .everyTokens(3)
        sparse.sentiment = .everyMessage
        sparse.error = false
        let store = try recorded(outputs: [sparse, OutputProfile()])
        let backfill = backfill(try store.session("a"), sparse)
        let next = try backfill.place().next
        #expect(next[.error] == 0)
        #expect(
            try events(backfill, next.mapValues { 0..<$0 }).found == store.recording.about("a"))
    }

    /// Of the request that is being read, up to where the stream is; nothing that is still to come.
    @Test func nothingIsPublishedAhead() throws {
        let store = try RecordedStore()
        try store.serve(try TestModel.make())
        try store.accept(.text("a", "one message"), .text("a", String(repeating: "x", count: 400)))
        for _ in 0..<8 { try store.step() }
        let published = store.recording.about("a")
        let count = UInt64(published["next/a"]?.bodies.count ?? 0)
        #expect(count > 20 && count < 400)
        // Where the shard is: a player that has read as much.
        let player = try store.session("a").player(at: .token(count))
        let atPosition = backfill(try store.session("a"), upTo: player.progress)
        #expect(
            try events(atPosition, [.next: 0..<UInt64.max]).found["next/a"] == published["next/a"])
        // Where the stream is is not known: only requests that were read to their end.
        let concluded = try events(backfill(try store.session("a")), [.next: 0..<UInt64.max])
        #expect(concluded.isPending)
        #expect(concluded.found["next/a"]?.bodies.count == 11)
        #expect(throws: BackfillError.notPublished(.next, count + 1, next: count)) {
            try atPosition.page(of: [.next: count + 1..<count + 2])
        }
        #expect(try atPosition.page(of: [.next: count..<count + 5]).isComplete)
    }

    /// A text that was cut counts up to the cut, and not at all before that is stored.
    @Test func aCutTextIsNotReadOn() throws {
        let store = try RecordedStore()
        try store.serve(try TestModel.make())
        try store.accept(.text("a", String(repeating: "cut ", count: 100)))
        for _ in 0..<3 { try store.step() }
        var reset = Request.operation(.reset, "a")
        reset.overtakes = true
        try store.accept(reset)
        try store.accept(.text("a", "after the reset"))
        try store.finish()
        let backfill = backfill(try store.session("a"))
        let whole = store.recording.about("a")
        let ranges = Dictionary(
            uniqueKeysWithValues: EventKind.allCases.map { ($0, 0..<UInt64.max) })
        #expect(try events(backfill, ranges, pageSize: 10).found == whole)
        #expect(whole["next/a"]?.bodies.count ?? 0 < 400)
    }

    @Test func otherResultsAreRefused() throws {
        let store = try RecordedStore()
        store.alter = { record in
            guard case .outcome(var outcome) = record, outcome.sequence == 1 else { return record }
            outcome.eventsDigest = [UInt8](repeating: 7, count: 16)
            return .outcome(outcome)
        }
        try store.serve(try TestModel.make())
        for text in ["first", "second", "third"] { try store.accept(.text("a", text)) }
        try store.finish()
        let backfill = backfill(try store.session("a"))
        let ranges = Dictionary(
            uniqueKeysWithValues: EventKind.allCases.map { ($0, 0..<UInt64.max) })
        #expect(throws: BackfillError.diverged(at: 1)) { try backfill.page(of: ranges) }
    }

    @Test func aCancelledPageEnds() throws {
        let store = try recorded()
        let backfill = Backfill(
            try store.session("a"), of: profile, upTo: nil, options: EngineOptions()
        ) { true }
        #expect(throws: BackfillError.cancelled) { try backfill.page(of: [.next: 0..<10]) }
    }
}
