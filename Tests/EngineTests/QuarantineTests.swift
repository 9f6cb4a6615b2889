import Engine
import Metrics
import Model
import RecordingSupport
import TestSupport
import Testing
import Wire

/// A state that is not finite ends that stream's part, and no other stream sees it.
@Suite struct QuarantineTests {
    /// A ReLU network whose state grows without bound under the token `!`, and under no other.
    private func exploding() throws -> Model {
        try TestModel.exploding(TestModel.exploding, token: UInt8(ascii: "!"))
    }

    @Test func onlyTheStreamItselfIsQuarantined() throws {
        let model = try exploding()
        let calm = try DrivenShard(model)
        calm.accept(.text("calm", "nothing but words here"))
        calm.run()

        let shard = try DrivenShard(model)
        shard.accept(
            .text("bad", String(repeating: "!", count: 2000)),
            .text("calm", "nothing but words here"))
        shard.accept(.text("bad", "more"))
        shard.run()
        #expect(shard.recording.about("calm") == calm.recording.about("calm"))
        let errors = try shard.recording.events(.error, "bad").compactMap { event in
            if case .error(let refusal) = event.payload { refusal.code } else { nil }
        }
        #expect(errors == [.nonFiniteState, .quarantined])
        let read = shard.recording["next/bad"].bodies.count
        #expect(read > 0 && read < 2000)

        shard.accept(.operation(.reset, "bad"), .text("bad", "words"))
        shard.run()
        #expect(shard.recording["next/bad"].bodies.count == read + 5)
    }

    /// Wherever in a step the state ceases to be finite, all is as token by token.
    @Test(arguments: [2, 5, 16, 64])
    func aStepOfSeveralTokensStopsWhereOneTokenWould(_ maxBatch: Int) throws {
        let model = try exploding()
        for seed in 0..<20 {
            func read(maxBatch: Int) throws -> (DrivenShard, weight: Int) {
                var options = EngineOptions()
                options.maxBatch = maxBatch
                let shard = try DrivenShard(model, options: options)
                for request in Self.requests(seed: UInt64(seed)) { shard.accept(request) }
                shard.run()
                return (shard, shard.shard.takeFinishedWeight())
            }
            let (single, singleWeight) = try read(maxBatch: 1)
            let (several, severalWeight) = try read(maxBatch: maxBatch)
            #expect(single.statistics.refusals.counts[.nonFiniteState] != nil)
            #expect(several.recording == single.recording)
            #expect(several.readTokens == single.readTokens)
            #expect(several.statistics.refusals.counts == single.statistics.refusals.counts)
            #expect(severalWeight == singleWeight)
        }
    }

    /// Texts that grow beyond bounds some 64 tokens after their first `!`.
    private static func requests(seed: UInt64) -> [Request] {
        var random = SeededRandom(seed: seed)
        return (0..<6).flatMap { index -> [Request] in
            let (before, after) = (
                Int.random(in: 0...40, using: &random), Int.random(in: 50...300, using: &random)
            )
            let text =
                String(repeating: "x", count: before) + "!" + String(repeating: "y", count: after)
            let stream = "s\(index % 2)"
            return [
                .text(stream, text, more: Bool.random(using: &random)), .text(stream, "beyond"),
                .operation(Bool.random(using: &random) ? .reset : .end, stream),
            ]
        }
    }

    @Test func aQuarantinedStreamCanEnd() throws {
        let shard = try DrivenShard(exploding())
        shard.accept(.text("bad", String(repeating: "!", count: 2000), more: true))
        shard.accept(.operation(.flush, "bad"), .operation(.end, "bad"))
        shard.run()
        #expect(shard.openStreams == 0)
        #expect(
            try shard.recording.events(.stream, "bad").map(\.payload)
                == [.stream(.started), .stream(.ended)])
        let scopes = try shard.recording.events(.sentiment, "bad").filter {
            if case .sentiment(let sentiment) = $0.payload {
                sentiment.scope == .message
            } else {
                false
            }
        }
        #expect(scopes.isEmpty)
    }
}
