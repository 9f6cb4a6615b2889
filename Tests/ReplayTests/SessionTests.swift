import Engine
import Foundation
import Journal
import Model
import RecordingSupport
import Replay
import Storage
import TestSupport
import Testing
import Wire

/// Playing stored sessions: every place is reached from the nearest checkpoint, and the events there
/// are those that were published.
@Suite struct SessionTests {
    /// One stream of several epochs that is evicted and restored, and read by two models.
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

    @Test func aWholeIncarnationIsPublishedAsItWas() throws {
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
                states[whole.progress.incarnationTokens] = snapshot.stateDigest
            }
        }
        #expect(states.count > 500)
        for token in states.keys.sorted() where token > 0 && token % 7 == 0 {
            let player = try session.player(at: .token(token))
            #expect(player.progress.incarnationTokens == token)
            #expect(player.snapshot?.stateDigest == states[token])
            let beginning = try session.beginning(of: .token(token))
            let from = beginning?.state.incarnationTokens ?? 0
            // Text is read 128 bytes at a time. Checkpoints may lie between these parts.
            #expect(from < token && token - from <= 16 + 128)
        }
    }

    // MARK: Places

    /// A place is the same when it is reached directly and from the start.
    @Test func everyKindOfPlaceIsReached() throws {
        let store = try recorded()
        let session = try store.session("a")
        let whole = try session.player()
        var tokens: [ExportedToken] = []
        while let token = try whole.nextToken() { tokens.append(token) }
        #expect(tokens.map(\.index) == Array(0..<UInt64(tokens.count)))
        for token in tokens.shuffledSample(60, seed: 1) {
            let places: [SessionPlace] = [
                .token(token.index), .epochToken(epoch: token.epoch, token.token),
                .offset(epoch: token.epoch, token.offset.lowerBound),
            ]
            for place in places {
                #expect(try session.player(at: place).nextToken() == token, "\(place)")
            }
        }
        // A message, a request and a time are reached at their first token.
        for token in tokens.shuffledSample(20, seed: 2) {
            let first = tokens.first { ($0.epoch, $0.message) == (token.epoch, token.message) }
            let message = SessionPlace.message(epoch: token.epoch, token.message)
            #expect(try session.player(at: message).nextToken() == first)
            let inRequest = tokens.first { $0.request >= token.request }
            #expect(try session.player(at: .request(token.request)).nextToken() == inRequest)
            #expect(try session.player(at: .time(token.time)).nextToken() == inRequest)
        }
        #expect(try session.player(at: .end).step() == nil)
        #expect(try session.player(at: .token(1 << 40)).step() == nil)
        #expect(try session.player(at: .time(1e12)).step() == nil)
    }

    @Test func whatIsNotThereIsNamed() throws {
        let store = try recorded()
        let error = #expect(throws: StorageError.self) { try store.session("b") }
        #expect(error?.message.contains("there is 'a'") == true)
        let absent = #expect(throws: StorageError.self) { try store.session("a", incarnation: 1) }
        #expect(absent?.message.contains("its last is 0") == true)
        let cache = ModelCache(given: [URL(filePath: "/nowhere")])
        let opened = try SessionStore(JournalStorage(path: store.path), models: cache)
        let missing = #expect(throws: MissingModelError.self) {
            try opened.session(of: StreamID("a")).player()
        }
        #expect(missing?.fingerprint == (try TestModel.make(seed: 1).fingerprint))
        #expect(missing?.description.contains("/nowhere has no readable model") == true)
    }
}

extension Array {
    /// A random selection of the elements.
    func shuffledSample(_ count: Int, seed: UInt64) -> [Element] {
        var random = SeededRandom(seed: seed)
        return Array(shuffled(using: &random).prefix(count))
    }
}
