import Engine
import Foundation
import Journal
import Kernels
import Model
import RecordingSupport
import Replay
import Storage
import TestSupport
import Testing
import Wire

/// Verification replays a store with any options and finds every difference from the record.
@Suite struct VerifyTests {
    /// Streams with every kind of request and changing subscribers, over three runs by two models.
    /// Few fit into memory, so that most are evicted and restored.
    private static func recorded(
        seed: UInt64, _ config: ModelConfig = TestModel.config()
    ) throws -> RecordedStore {
        let store = try RecordedStore()
        let session = RandomSession(streams: 12, requests: 16, textBytes: 40, seed: seed)
        var random = SeededRandom(seed: seed + 1)
        var second = OutputProfile()
        second.next = .everyTokens(3)
        second.sentiment = .everyMessage
        let inputs = session.interleaved(seed: seed)
        for (run, part) in inputs.split(parts: 3).enumerated() {
            try store.serve(
                TestModel.make(config, seed: run == 1 ? 2 : 1), maxStreams: 5,
                outputs: [OutputProfile(), second], subscribed: [], top: run == 2 ? 3 : 5)
            for input in part {
                if Int.random(in: 0..<40, using: &random) == 0 {
                    store.subscribe(
                        [["", "next/", "sentiment/", "stream/stream 1"].randomElement()!],
                        output: Int.random(in: 0..<2, using: &random))
                }
                if Int.random(in: 0..<40, using: &random) == 0 { store.unsubscribe([""]) }
                try store.accept(input)
                for _ in 0..<Int.random(in: 0...9, using: &random) { try store.step() }
                // A stream with work cannot be evicted.
                if Int.random(in: 0..<4, using: &random) == 0 { try store.run() }
                if Int.random(in: 0..<20, using: &random) == 0 { try store.evict() }
            }
            try store.finish()
        }
        return store
    }

    private func verify(
        _ store: RecordedStore, threads: Int = 1, batch: Int = 8, tier: KernelTier = .best
    ) throws -> VerifyResult {
        var options = VerifyOptions()
        options.threads = threads
        options.batch = batch
        options.kernelTier = tier
        return try Verification(store.opened(), .all, options: options).run()
    }

    @Test(arguments: [TestModel.config(), TestModel.bidirectional()])
    func whatWasRecordedIsReadAgain(_ config: ModelConfig) throws {
        let store = try Self.recorded(seed: 1, config)
        var counts: [VerifyCounts] = []
        for (threads, batch, tier) in [
            (1, 1, KernelTier.portable), (1, 7, .best), (3, 64, .best), (2, 16, .portable),
        ] {
            let result = try verify(store, threads: threads, batch: batch, tier: tier)
            #expect(result.divergences == [])
            #expect(result.missingModels == [])
            counts.append(result.counts)
        }
        let first = try #require(counts.first)
        #expect(counts.allSatisfy { $0 == first })
        #expect(first.incarnations >= 12)
        #expect(first.requests >= 12 * 16 / 2)
        #expect(first.states == first.requests)
        #expect(first.events > first.requests / 2)
        #expect(first.events + first.withoutEvents == first.states)
        #expect(first.checkpoints > 20)
        #expect(first.intervals > first.incarnations)
    }

    /// If the model of a segment is missing, the other segments are replayed.
    @Test func aMissingModelIsNamed() throws {
        let store = try Self.recorded(seed: 4)
        let cache = ModelCache()
        cache.add(try TestModel.make(seed: 1))
        let opened = try SessionStore(JournalStorage(path: store.path), models: cache)
        let result = try Verification(opened, .all).run()
        #expect(result.divergences == [])
        #expect(
            result.missingModels.map(\.fingerprint) == [try TestModel.make(seed: 2).fingerprint])
        #expect(result.counts.unreadable > 0)
        #expect(result.counts.requests > 0)
    }

    /// An incarnation that began with a snapshot and stops in the middle of a message.
    @Test func aStreamThatWasPutIsReadAgain() throws {
        let store = try RecordedStore()
        try store.serve(TestModel.make())
        try store.accept(.text("a", "What it has read before"))
        try store.run()
        let snapshot = try #require(try store.session("a").player(at: .end).snapshot)
        var put = Request.operation(.put, "b")
        put.text = snapshot.encoded()
        try store.accept(put)
        try store.accept(.text("b", "What it reads then", more: true))
        try store.finish()
        let result = try verify(store)
        #expect(result.divergences == [])
        #expect(result.counts.states == 3)
        #expect(result.counts.tokens == 23 + 18)
    }

    /// The end of a stream completes held tokens, and a checkpoint may be due at the last of them.
    @Test func aCheckpointAtTheEndOfAnIncarnationIsCompared() throws {
        let store = try RecordedStore()
        try store.serve(TestModel.shipped(), checkpointTokens: 10)
        for count in 8...9 {
            let text = String(repeating: " good", count: count) + " na"
            try store.accept(
                .text("\(count)", text, more: true), .operation(.end, "\(count)"))
            try store.run()
        }
        try store.finish()
        let result = try verify(store)
        #expect(result.divergences == [])
        #expect(result.counts.checkpoints == 2)
    }

    // MARK: What is changed is found

    /// Two traces differ from the token at which a unit of one of them was changed.
    @Test func theTokenAtWhichTwoWaysDifferIsNamed() throws {
        let store = try recorded { $0 }
        let session = try store.session("a")
        func trace(changedAt changed: UInt64?) throws -> [TracedToken] {
            let player = try session.player(at: .request(5))
            var trace: [TracedToken] = []
            while trace.count < 40, try player.step() != nil, let snapshot = player.snapshot {
                trace.append(
                    TracedToken(
                        token: player.progress.incarnationTokens, digests: [snapshot.stateDigest]))
                if player.progress.incarnationTokens == changed { player.values[3] += 1 }
            }
            return trace
        }
        let plain = try trace(changedAt: nil)
        let changed = plain[20].token
        #expect(Narrowing.firstDisagreement(plain, try trace(changedAt: nil)) == nil)
        // The change shows after the next token, which has this index.
        #expect(Narrowing.firstDisagreement(plain, try trace(changedAt: changed)) == changed)
    }

    /// One stream of 30 messages, with one record that differs from the shard's.
    private func recorded(
        _ alter: @escaping (StorageRecord) -> StorageRecord
    ) throws -> RecordedStore {
        let store = try RecordedStore()
        store.alter = alter
        try store.serve(TestModel.make(), checkpointTokens: 50)
        for index in 0..<30 {
            try store.accept(.text("a", "message number \(index) of thirty"))
            try store.accept(.text("b", "beside it"))
            try store.run()
        }
        try store.finish()
        return store
    }

    private func onlyDivergence(_ store: RecordedStore) throws -> Divergence {
        let results = try [(1, 1), (2, 8), (1, 64)].map { threads, batch in
            try verify(store, threads: threads, batch: batch).divergences
        }
        #expect(results.allSatisfy { $0 == results[0] })
        #expect(results[0].count == 1)
        return try #require(results[0].first)
    }

    @Test func aDigestOfAStateThatIsOtherIsNamed() throws {
        let store = try recorded { entry in
            guard case .outcome(var outcome) = entry, outcome.key == 1, outcome.sequence == 17
            else { return entry }
            outcome.stateDigest[3] ^= 1
            return .outcome(outcome)
        }
        let found = try onlyDivergence(store)
        #expect(found.kind == .state)
        #expect(found.stream == (try StreamID("a")))
        #expect(found.sequence == 17)
        let narrowing = try #require(found.narrowing)
        let length = UInt64("message number 17 of thirty".utf8.count)
        #expect(narrowing.text == Array("message number 17 of thirty".utf8))
        #expect(UInt64(narrowing.tokens.count) == length)
        #expect(UInt64(narrowing.offset.count) == length)
        #expect(narrowing.disagreement == nil)
    }

    @Test func aDigestOfEventsThatIsOtherIsNamed() throws {
        let store = try recorded { entry in
            guard case .outcome(var outcome) = entry, outcome.key == 1, outcome.sequence == 3
            else { return entry }
            outcome.eventsDigest?[0] ^= 128
            return .outcome(outcome)
        }
        let found = try onlyDivergence(store)
        #expect(found.kind == .events)
        #expect(found.sequence == 3)
    }

    /// A changed text makes replay diverge up to the next checkpoint; the first place is reported.
    @Test func aTextThatIsOtherIsNamed() throws {
        let store = try recorded { entry in
            guard case .request(var request) = entry, request.key == 1, request.sequence == 20
            else { return entry }
            request.text[5] ^= 1
            return .request(request)
        }
        let found = try onlyDivergence(store)
        #expect(found.kind == .state)
        #expect(found.sequence == 20)
    }

    @Test func aCheckpointOfAnotherStateIsNamed() throws {
        let store = try recorded { entry in
            guard case .checkpoint(var checkpoint) = entry, checkpoint.key == 1,
                checkpoint.sequence > 10, !checkpoint.isTemporary, checkpoint.sequence < 14,
                var snapshot = try? StreamSnapshot(decoding: checkpoint.snapshot)
            else { return entry }
            snapshot.state.values[7] += 0.5
            checkpoint.snapshot = snapshot.encoded()
            return .checkpoint(checkpoint)
        }
        let result = try verify(store)
        let found = try #require(result.divergences.first)
        #expect(found.kind == .checkpoint)
        #expect((11...13).contains(found.sequence))
        // The request that begins from that state diverges, too.
        #expect(result.divergenceCount == 2)
    }

    /// A text with checkpoints within it: each part is replayed separately.
    @Test func partsOfOneLongTextFillABatch() throws {
        let store = try RecordedStore()
        var random = SeededRandom(seed: 9)
        try store.serve(TestModel.make(), checkpointTokens: 128)
        var request = Request.text("long", "")
        request.text = random.text(20_000)
        try store.accept(request)
        try store.finish()
        let result = try verify(store, batch: 16)
        #expect(result.divergences == [])
        #expect(result.counts.intervals >= 100)
        #expect(result.counts.checkpoints >= 100)
        #expect(result.counts.events == 1)
        #expect(result.counts.tokens == 20_000)
    }
}

extension Array {
    /// The elements in this number of consecutive parts.
    func split(parts: Int) -> [ArraySlice<Element>] {
        (0..<parts).map { self[count * $0 / parts..<count * ($0 + 1) / parts] }
    }
}
