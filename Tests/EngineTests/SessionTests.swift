import Engine
import Journal
import Model
import TestSupport
import Testing
import Wire

/// Walking through what a store holds: every place is reached, by the nearest checkpoint, and what
/// is shown there is what was published.
@Suite struct SessionTests {
    /// One stream of several epochs, evicted and brought back now and then, and read by two models.
    private func recorded() throws -> RecordedStore {
        let store = try RecordedStore()
        var random = SeededRandom(seed: 5)
        for seed in [UInt64(1), 2] {
            try store.serve(try TestModel.make(seed: seed))
            for index in 0..<40 {
                let size = Int.random(in: 1...40, using: &random)
                var request = Request.text(
                    "a", "", more: Int.random(in: 0..<3, using: &random) == 0)
                request.text = random.text(size)
                try store.accept(request)
                if index % 9 == 5 { try store.accept(.operation(.reset, "a")) }
                if index % 4 == 1 { try store.run() }
                if index % 8 == 1 { try store.evict() }
            }
            try store.accept(.text("a", String(repeating: "long ", count: 100)))
        }
        try store.finish()
        return store
    }

    private func lines(_ player: SessionPlayer) throws -> [String: Published] {
        var topics: [String: Published] = [:]
        while let step = try player.step() {
            for event in step.published {
                topics["\(event.kind.rawValue)/\(event.stream)", default: Published()]
                    .append(event.body[...], event.sequence)
            }
        }
        return topics
    }

    @Test func aWholeLifeIsToldAsItWas() throws {
        let store = try recorded()
        let session = try store.session("a")
        #expect(try session.segments().count == 2)
        #expect(try lines(session.player()) == store.recording.about("a"))
        #expect(
            try lines(session.player(listening: .asRecorded)) == store.recording.about("a"))
    }

    @Test func everyTokenIsReachedFromTheNearestCheckpoint() throws {
        let store = try recorded()
        let session = try store.session("a")
        let whole = try session.player()
        var states: [UInt64: [UInt8]] = [0: []]
        while let step = try whole.step() {
            if step.hasReadToken, let snapshot = whole.snapshot {
                states[whole.progress.lifeTokens] = snapshot.stateDigest
            }
        }
        #expect(states.count > 500)
        for token in states.keys.sorted() where token > 0 && token % 7 == 0 {
            let player = try session.player(at: .token(token))
            #expect(player.progress.lifeTokens == token)
            #expect(player.snapshot?.stateDigest == states[token])
            let beginning = try session.beginning(of: .token(token))
            let from = beginning.snapshot?.state.lifeTokens ?? 0
            // Text is read 128 bytes at a time, between which there may be checkpoints.
            #expect(from < token && token - from <= 16 + 128)
        }
    }
}
