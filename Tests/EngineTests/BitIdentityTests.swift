import Engine
import Kernels
import Model
import RecordingSupport
import Synchronization
import TestSupport
import Testing
import Wire

/// What is published for a stream depends on the model and on its own requests, on nothing else.
@Suite struct BitIdentityTests {
    /// Each stream alone, in steps of one, on the portable kernels.
    private func alone(
        _ session: RandomSession, _ config: ModelConfig, _ profile: OutputProfile = OutputProfile()
    ) throws -> [Recording] {
        var options = EngineOptions()
        options.maxBatch = 1
        options.kernelTier = .portable
        let model = try TestModel.make(config)
        return try session.requests.map { requests in
            let shard = try DrivenShard(model, options: options, outputs: [profile])
            for request in requests {
                shard.accept(request)
                shard.run()
            }
            return shard.recording
        }
    }

    /// All streams together, joining and leaving as the seed has it.
    private func together(
        _ session: RandomSession, _ model: Model, _ profile: OutputProfile = OutputProfile(),
        tier: KernelTier, maxBatch: Int, seed: UInt64
    ) throws -> Recording {
        var options = EngineOptions()
        options.maxBatch = maxBatch
        options.kernelTier = tier
        var random = SeededRandom(seed: seed)
        let shard = try DrivenShard(model, options: options, outputs: [profile])
        for request in session.interleaved(seed: seed) {
            shard.accept(request)
            for _ in 0..<Int.random(in: 0...2, using: &random) { shard.step() }
        }
        shard.run()
        return shard.recording
    }

    private func expect(_ together: Recording, containsEach alone: [Recording]) {
        let merged = alone.reduce(into: [:]) { $0.merge($1.topics[0]) { $1 } }
        #expect(together.topics[0].keys.sorted() == merged.keys.sorted())
        for (topic, published) in merged {
            let found = together[topic]
            guard found != published else { continue }
            let index = zip(found.bodies, published.bodies).enumerated()
                .first { $1.0 != $1.1 }?.offset
            Issue.record("\(topic) differs from event \(index.map(String.init) ?? "count") on")
        }
    }

    @Test(arguments: TestModel.everyNetwork)
    func everyBatchSizeAndTierGivesTheSameBits(_ config: ModelConfig) throws {
        let session = RandomSession(streams: 70, requests: 2, textBytes: 12, seed: 7)
        let alone = try alone(session, config)
        let model = try TestModel.make(config)
        for tier in KernelTier.available {
            for maxBatch in [1, 7, 70] {
                let recording = try together(
                    session, model, tier: tier, maxBatch: maxBatch, seed: UInt64(maxBatch))
                expect(recording, containsEach: alone)
            }
        }
    }

    /// Every batch size from 1 to 70, on the fastest tier, with the table of input products.
    @Test func everyBatchSizeFrom1To70GivesTheSameBits() throws {
        let config = TestModel.config()
        let session = RandomSession(streams: 72, requests: 2, textBytes: 8, seed: 8)
        let alone = try alone(session, config)
        let model = try TestModel.make(config, inputTable: true)
        for maxBatch in 1...70 {
            let recording = try together(
                session, model, tier: .best, maxBatch: maxBatch, seed: UInt64(maxBatch))
            expect(recording, containsEach: alone)
        }
    }

    /// Everything, every third token, and messages' ends alone: the heads run on other tokens each.
    static let profiles: [OutputProfile] = {
        var third = OutputProfile()
        third.next = .everyTokens(3)
        third.sentiment = .everyTokens(4)
        var ends = OutputProfile()
        ends.next = .everyMessage
        ends.sentiment = .never
        return [OutputProfile(), third, ends]
    }()

    /// Few streams with long texts: steps take several tokens of each.
    @Test(arguments: TestModel.everyNetwork, profiles.indices)
    func severalTokensOfAStreamInAStepGiveTheSameBits(
        _ config: ModelConfig, _ profile: Int
    ) throws {
        let profile = Self.profiles[profile]
        for streams in [1, 2, 3, 5] {
            let session = RandomSession(
                streams: streams, requests: 4, textBytes: 50, seed: UInt64(streams))
            let alone = try alone(session, config, profile)
            for (maxBatch, inputTable) in [(2, false), (7, true), (16, true), (64, false)] {
                let recording = try together(
                    session, TestModel.make(config, inputTable: inputTable), profile, tier: .best,
                    maxBatch: maxBatch, seed: UInt64(maxBatch))
                expect(recording, containsEach: alone)
            }
        }
    }

    /// Threads and shards: what each stream is told does not depend on them.
    @Test(arguments: [1, 2, 3])
    func everyNumberOfShardsGivesTheSameBits(_ shards: Int) throws {
        let config = TestModel.config()
        let session = RandomSession(streams: 40, requests: 4, textBytes: 30, seed: 9)
        let alone = try alone(session, config)
        var options = EngineOptions()
        options.shards = shards
        options.maxBatch = 8
        let demand = Demand(outputs: 1)
        demand.subscribe(output: 0, to: [])
        let recording = Mutex(Recording())
        let engine = try Engine(
            model: TestModel.make(config), options: options, outputs: [OutputProfile()],
            demand: demand
        ) { _, frames in recording.withLock { $0.add(frames) } }
        for request in session.interleaved(seed: 3) { engine.submit([request]) }
        #expect(engine.finish())
        expect(recording.withLock { $0 }, containsEach: alone)
    }

    /// Ten thousand streams at random beside each other, each as if it were alone.
    @Test func tenThousandStreamsAreEachAsIfAlone() throws {
        let config = TestModel.config(.gru, layers: 1, hidden: 16)
        let session = RandomSession(streams: 10_000, requests: 1, textBytes: 4, seed: 10)
        let model = try TestModel.make(config)
        let single = try DrivenShard(model)
        for request in session.requests.joined() {
            single.accept(request)
            single.run()
        }
        let recording = try together(session, model, tier: .best, maxBatch: 64, seed: 11)
        expect(recording, containsEach: [single.recording])
    }
}
