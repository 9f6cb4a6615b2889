import Engine
import Model
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
