import Engine
import Model
import RecordingSupport
import Replay
import Storage
import TestSupport
import Testing
import Wire

/// An administrator's `reset` and `end` do not wait for the text before them. What was told, and what
/// is read again after a crash or by replay, is the same all the same.
@Suite struct CutTests {
    private let folder: TemporaryPath

    init() throws { folder = try TemporaryPath() }

    private func overtaking(_ operation: Request.Operation) -> EngineInput {
        var request = Request.operation(operation, "s")
        request.overtakes = true
        return .request(request)
    }

    private func check(_ daemon: SimulatedDaemon, _ model: Model) throws {
        #expect(daemon.failure == nil)
        #expect(daemon.recording.conflicts.isEmpty)
        try daemon.stop()
        let cache = ModelCache()
        cache.add(model)
        let store = try SessionStore(daemon.storage, models: cache)
        let result = try Verification(store, .all, options: VerifyOptions()).run()
        #expect(result.isEqual, "\(result.divergences.first?.message ?? "")")
        #expect(result.counts.withoutOutcome == 0)
    }

    private static let models = [
        TestModel.config(.lstm), TestModel.config(.gru, layers: 1), TestModel.bidirectional(),
    ]

    @Test func textThatWaitsIsNotReadAnyMore() throws {
        let model = try TestModel.make()
        let shard = try DrivenShard(model)
        shard.accept(.text("s", String(repeating: "long ", count: 100_000), more: true))
        shard.accept(.text("s", "and more"))
        for _ in 0..<20 { shard.step() }
        let read = shard.readTokens
        #expect(read > 0)
        shard.accept(overtaking(.reset))
        shard.accept(.text("s", "words"))
        shard.run()
        #expect(shard.readTokens <= read + 10)
        #expect(
            try shard.recording.events(.stream, "s").map(\.payload)
                == [.stream(.started), .stream(.reset)])
        shard.accept(.text("s", String(repeating: "long ", count: 100_000)))
        shard.step()
        shard.accept(overtaking(.end))
        shard.run()
        #expect(shard.openStreams == 0)
        // All that came is given back to the mailbox.
        #expect(shard.shard.takeFinishedWeight() > 1_000_000)
    }

    /// A publisher's own `reset` and `end` keep their place among its texts.
    @Test(arguments: [Request.Operation.reset, .end]) func aPublishersRequestsKeepTheirOrder(
        _ operation: Request.Operation
    ) throws {
        let shard = try DrivenShard(TestModel.make())
        shard.accept(.text("s", String(repeating: "x", count: 1000)))
        shard.step()
        shard.accept(.operation(operation, "s"))
        shard.run()
        #expect(shard.recording["next/s"].bodies.count == 1000)
    }

    /// Cut off at any token, with what waits behind it, between crashes and evictions.
    @Test(arguments: models, 0..<3) func whereverItIsCutItIsReadAgainTheSame(
        _ config: ModelConfig, _ seed: UInt64
    ) throws {
        var random = SeededRandom(seed: seed)
        let model = try TestModel.make(config)
        var options = EngineOptions()
        options.checkpointTokens = 100
        options.maxBatch = [1, 8].randomElement(using: &random)!
        let daemon = try SimulatedDaemon(
            model, path: folder.path + "/journal.sqlite", options: options)
        for round in 0..<40 {
            daemon.accept(.request(.text("s", "\(round) ", more: Bool.random(using: &random))))
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let text = random.text(Int.random(in: 1...200, using: &random))
                var request = Request.text("s", "", more: Bool.random(using: &random))
                request.text = Int.random(in: 0..<4, using: &random) == 0 ? random.bytes(200) : text
                daemon.accept(.request(request))
                if Int.random(in: 0..<6, using: &random) == 0 {
                    daemon.accept(.request(.operation(.flush, "s")))
                }
            }
            for _ in 0..<Int.random(in: 0...60, using: &random) { _ = daemon.step() }
            if Int.random(in: 0..<3, using: &random) == 0 { daemon.beginSweep() }
            if Int.random(in: 0..<3, using: &random) == 0 { daemon.continueSweep() }
            if Bool.random(using: &random) { daemon.accept(overtaking(.reset)) }
            if Bool.random(using: &random) { try daemon.commit(atMost: 1) }
            switch Int.random(in: 0..<6, using: &random) {
            case 0: try daemon.crash()
            case 1: daemon.evictIdle()
            case 2: daemon.run()
            default: break
            }
        }
        daemon.run()
        try daemon.commit()
        try check(daemon, model)
    }

    /// What the journal had before a crash may have been told, so it is read to its end.
    @Test func whatIsReadAgainIsNotCut() throws {
        let model = try TestModel.make()
        let daemon = try SimulatedDaemon(model, path: folder.path + "/journal.sqlite")
        daemon.accept(.request(.text("s", String(repeating: "x", count: 500))))
        try daemon.commit()
        daemon.run()
        try daemon.crash(reads: false)
        daemon.accept(overtaking(.reset))
        daemon.run()
        try daemon.commit()
        #expect(daemon.recording.events["next/s"]?.count == 500)
        try check(daemon, model)
    }
}
