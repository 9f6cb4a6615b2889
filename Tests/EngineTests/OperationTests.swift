import Engine
import Metrics
import Model
import RecordingSupport
import TestSupport
import Testing
import Wire

/// `end`, `reset`, `flush` and `more`, in order with the text.
@Suite struct OperationTests {
    private func run(_ requests: Request..., subscribed: [String] = [""]) throws -> DrivenShard {
        let shard = try DrivenShard(TestModel.make(), subscribed: subscribed)
        for request in requests { shard.accept(request) }
        shard.run()
        return shard
    }

    private func surprisals(_ shard: DrivenShard, _ stream: String) throws -> [Float?] {
        try shard.recording.events(.next, stream).map {
            guard case .next(let prediction) = $0.payload else { return nil }
            return prediction.surprisal
        }
    }

    @Test func resetForgetsAllButTheNumbering() throws {
        let shard = try run(
            .text("a", "before"), .operation(.reset, "a"), .text("a", "after"),
            .text("b", "after"))
        let (reset, fresh) = (
            try shard.recording.events(.next, "a").dropFirst(6),
            try shard.recording.events(.next, "b")
        )
        #expect(reset.map(\.payload) == fresh.map(\.payload))
        #expect(reset.map(\.context.offset) == fresh.map(\.context.offset))
        #expect(reset.map(\.context.token) == fresh.map(\.context.token))
        #expect(reset.map(\.context.epoch) == [1, 1, 1, 1, 1])
        #expect(shard.recording["next/a"].sequences == (0..<11).map { $0 })
        #expect(
            try shard.recording.events(.stream, "a").map(\.payload) == [
                .stream(.started), .stream(.reset),
            ])
    }

    @Test func endForgetsAll() throws {
        let shard = try run(
            .text("a", "same"), .operation(.end, "a"), .text("a", "same"), .operation(.end, "a"))
        let bodies = shard.recording["next/a"].bodies
        #expect(bodies.count == 8)
        #expect(bodies.prefix(4) == bodies.suffix(4))
        #expect(shard.recording["next/a"].sequences == [0, 1, 2, 3, 0, 1, 2, 3])
        #expect(
            try shard.recording.events(.stream, "a").map(\.payload)
                == [.stream(.started), .stream(.ended), .stream(.started), .stream(.ended)])
        #expect(shard.openStreams == 0)
    }

    @Test func endScoresAnOpenMessage() throws {
        let shard = try run(.text("a", "open", more: true), .operation(.end, "a"))
        let scopes = try shard.recording.events(.sentiment, "a").compactMap {
            if case .sentiment(let sentiment) = $0.payload { sentiment.scope } else { nil }
        }
        #expect(scopes == [.token, .token, .token, .token, .message])
    }

    /// The message's score is that of its last token, and stands for the whole message.
    @Test func everyMessageIsScoredAtItsEnd() throws {
        let shard = try run(
            .text("a", "one"), .text("a", "tw", more: true), .text("a", "o"),
            .text("a", "thr", more: true), .text("a", "ee", more: true))
        let scores = try shard.recording.events(.sentiment, "a").compactMap { event in
            if case .sentiment(let sentiment) = event.payload { (event, sentiment) } else { nil }
        }
        let messages = scores.filter { $0.1.scope == .message }
        #expect(messages.map(\.0.context.offset) == [0..<3, 3..<6])
        #expect(messages.map(\.1.message) == [0, 1])
        for (message, last) in zip(messages, [2, 5]) {
            let token = try #require(
                scores.first { $0.1.scope == .token && $0.0.context.token == UInt64(last) })
            #expect(message.1.score == token.1.score)
        }
        #expect(shard.recording["sentiment/a"].sequences == (0..<13).map { $0 })
    }

    /// A message cut in pieces is the same message, but for where requests end.
    @Test func piecesMakeTheSameMessage() throws {
        let whole = try run(.text("a", "a whole message"), .text("a", "next"))
        let pieces = try run(
            .text("a", "a wh", more: true), .text("a", "ole", more: true),
            .text("a", " message", more: true), .text("a", ""), .text("a", "next"))
        #expect(whole.recording == pieces.recording)
    }

    /// The separator is read between messages, and is no token of the stream.
    @Test func theSeparatorChangesTheStateButNotTheCount() throws {
        let two = try run(.text("a", "ab"), .text("a", "cd"))
        let one = try run(.text("a", "abcd"))
        #expect(
            try two.recording.events(.next, "a").map(\.context.offset)
                == one.recording.events(.next, "a").map(\.context.offset))
        let (twoSurprisals, oneSurprisals) = (
            try surprisals(two, "a"), try surprisals(one, "a")
        )
        #expect(twoSurprisals.prefix(2) == oneSurprisals.prefix(2))
        #expect(twoSurprisals[2] != oneSurprisals[2])
        let spelled = try run(.text("a", "ab\ncd"))
        #expect(try surprisals(spelled, "a").suffix(2) == twoSurprisals.suffix(2))
    }

    @Test func withoutStartTokenTheFirstSurprisalIsUnknown() throws {
        var config = TestModel.config()
        config.startToken = nil
        let shard = try DrivenShard(TestModel.make(config))
        shard.accept(.text("a", "ab"))
        shard.run()
        let found = try surprisals(shard, "a")
        #expect(found[0] == nil && found[1] != nil)
        #expect(try surprisals(run(.text("a", "ab")), "a").allSatisfy { $0 != nil })
    }

    @Test(arguments: [Request.Operation.end, .reset, .flush])
    func anOperationOnNoStreamIsRefused(_ operation: Request.Operation) throws {
        let shard = try run(.operation(operation, "nobody"))
        #expect(shard.recording.about("nobody").keys.sorted() == ["error/nobody"])
        #expect(shard.statistics.refusals.counts == [.noSuchStream: 1])
    }

    @Test func emptyTextOutsideAMessageIsRefused() throws {
        let shard = try run(.text("a", "x"), .text("a", ""), .text("b", ""))
        #expect(shard.statistics.refusals.counts == [.emptyMessage: 1, .noSuchStream: 1])
        #expect(shard.recording["error/a"].sequences == [0])
    }

    @Test func aFullShardRefusesNewStreamsOnly() throws {
        var options = EngineOptions()
        options.maxStreams = 2
        let shard = try DrivenShard(TestModel.make(), options: options)
        shard.accept(.text("a", "x"), .text("b", "x"), .text("c", "x"), .text("a", "x"))
        shard.run()
        #expect(shard.statistics.refusals.counts == [.tooManyStreams: 1])
        #expect(shard.recording["next/a"].bodies.count == 2)
        shard.accept(.operation(.end, "a"))
        shard.run()
        shard.accept(.text("c", "x"))
        shard.run()
        #expect(shard.recording["next/c"].bodies.count == 1)
    }

    @Test func textThatIsNotUTF8IsReadAndReported() throws {
        let shard = try DrivenShard(TestModel.make())
        shard.accept(Request(stream: try StreamID("a"), text: [0x61, 0xFF, 0xC3]))
        shard.accept(.text("b", "fine ☂"))
        shard.run()
        #expect(shard.recording["next/a"].bodies.count == 3)
        #expect(shard.statistics.refusals.counts == [.notUTF8: 1])
        #expect(shard.recording["error/a"].bodies.count == 1)
        #expect(shard.recording["error/b"].bodies.isEmpty)
    }
}
