import Engine
import Kernels
import Model
import RecordingSupport
import Replay
import TestSupport
import Testing
import Tokenizer
import Wire

/// Streams of a model that reads whole messages, forward and back.
@Suite struct WholeMessageTests {
    private static let texts = ["a fine film", "no", "What a waste of two hours!", "no"]

    private func sentiments(_ shard: DrivenShard, _ stream: String) throws -> [Sentiment] {
        try shard.recording.events(.sentiment, stream).compactMap { event in
            if case .sentiment(let sentiment) = event.payload { sentiment } else { nil }
        }
    }

    private func errors(_ shard: DrivenShard, _ stream: String) throws -> [Refusal.Code] {
        try shard.recording.events(.error, stream).compactMap { event in
            if case .error(let refusal) = event.payload { refusal.code } else { nil }
        }
    }

    /// What the network says of the start token and these bytes.
    private func score(_ text: some Sequence<UInt8>, _ model: Model) throws -> Float {
        let runner = try MessageRunner(network: model.network, kernels: Kernels())
        let message = runner.begin([0] + text.map { Int32($0) })
        while !runner.isIdle { _ = runner.advance() }
        var scores = [try #require(message?.logit)]
        NetworkRunner(network: model.network, kernels: try Kernels(), maxBatch: 1).scores(&scores)
        return scores[0]
    }

    @Test(arguments: ModelConfig.Skip.allCases)
    func everyMessageIsScoredOnItsOwn(_ skip: ModelConfig.Skip) throws {
        let model = try TestModel.make(TestModel.bidirectional(skip: skip))
        let shard = try DrivenShard(model)
        for text in Self.texts { shard.accept(.text("a", text)) }
        shard.run()
        let found = try sentiments(shard, "a")
        #expect(found.map(\.scope) == Array(repeating: .message, count: 4))
        #expect(found.map(\.message) == [0, 1, 2, 3])
        #expect(found.map(\.score) == (try Self.texts.map { try score($0.utf8, model) }))
        #expect(Set(found.map(\.score)).count == 3)
        #expect(shard.recording["sentiment/a"].sequences == [0, 1, 2, 3])
        #expect(shard.recording.topics[0].keys.sorted() == ["sentiment/a", "stream/a"])
    }

    /// At tokens alone nothing is said, however often it is wanted.
    @Test func noTokenHasASentiment() throws {
        var (tokens, third) = (OutputProfile(), OutputProfile())
        tokens.sentiment = .everyToken
        third.sentiment = .everyTokens(3)
        let shard = try DrivenShard(
            TestModel.make(TestModel.bidirectional()), outputs: [tokens, third, OutputProfile()])
        shard.accept(.text("a", Self.texts[0]), .operation(.end, "a"))
        shard.run()
        #expect(shard.recording.topics.map { $0["sentiment/a"]?.bodies.count } == [nil, nil, 1])
    }

    /// Wherever a message is cut, and whatever comes in between.
    @Test func piecesAreOneMessage() throws {
        let model = try TestModel.make(TestModel.bidirectional())
        let text = "Naïve café-goers paid €3.50"
        let whole = try score(text.utf8, model)
        var random = SeededRandom(seed: 4)
        for _ in 0..<20 {
            let shard = try DrivenShard(model)
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                var piece = Request.text("a", "", more: true)
                piece.text = Array(rest.prefix(Int.random(in: 1...9, using: &random)))
                rest = rest.dropFirst(piece.text.count)
                piece.more = !rest.isEmpty
                shard.accept(piece)
                if Bool.random(using: &random) { shard.accept(.operation(.flush, "a")) }
                if Bool.random(using: &random) { shard.run() }
            }
            shard.run()
            #expect(try sentiments(shard, "a").map(\.score) == [whole])
        }
    }

    @Test func endAndResetCloseAnOpenMessage() throws {
        let model = try TestModel.make(TestModel.bidirectional())
        let shard = try DrivenShard(model)
        shard.accept(.text("a", "given up", more: true), .operation(.reset, "a"))
        shard.accept(.text("a", "at last", more: true), .operation(.end, "a"))
        shard.run()
        let found = try sentiments(shard, "a")
        #expect(found.map(\.score) == [try score("at last".utf8, model)])
        #expect(shard.openStreams == 0)
    }

    @Test func theFirstTokensOfALongMessageCount() throws {
        let model = try TestModel.make(TestModel.bidirectional(.rnn, layers: 1, hidden: 16))
        let most = WholeMessage.maxTokens
        for length in [most, most + 1, most + 700] {
            var text = Request.text("a", "")
            text.text = (0..<length).map { UInt8(97 + $0 % 23) }
            let shard = try DrivenShard(model)
            shard.accept(text, .text("a", "and then"))
            shard.run()
            let expected = [text.text.prefix(most), Array("and then".utf8)[...]]
            #expect(
                try sentiments(shard, "a").map(\.score) == expected.map { try score($0, model) })
            #expect(try errors(shard, "a") == (length > most ? [.messageTooLong] : []))
        }
    }

    /// Streams share the steps: what is short is told while a long message is being read.
    @Test func aLongMessageHoldsUpNobody() throws {
        let model = try TestModel.make(TestModel.bidirectional(.rnn, layers: 1, hidden: 16))
        let shard = try DrivenShard(model)
        shard.accept(.text("long", String(repeating: "x", count: 4000)))
        while shard.readTokens <= 4000 { shard.step() }
        shard.accept(.text("short", "yes"))
        for _ in 0..<8 { shard.step() }
        #expect(try sentiments(shard, "short").count == 1)
        #expect(try sentiments(shard, "long").isEmpty)
        shard.run()
        #expect(try sentiments(shard, "long").count == 1)
    }

    @Test func aStateThatIsNotFiniteCostsTheMessageAlone() throws {
        var config = TestModel.exploding
        config.bidirectional = true
        config.heads.next = false
        let shard = try DrivenShard(TestModel.exploding(config, token: UInt8(ascii: "!")))
        shard.accept(
            .text("a", "!" + String(repeating: "a", count: 100)), .text("b", "quiet"),
            .text("a", "quiet"))
        shard.run()
        #expect(try errors(shard, "a") == [.nonFiniteState])
        #expect(try sentiments(shard, "a").map(\.message) == [1])
        #expect(try sentiments(shard, "a").map(\.score) == sentiments(shard, "b").map(\.score))
        #expect(shard.recording["sentiment/a"].sequences == [1])
    }

    // MARK: Snapshots

    private func snapshot(_ shard: DrivenShard, of stream: String) throws -> StreamSnapshot {
        try #require(shard.shard.snapshot(of: StreamID(stream)))
    }

    /// An open message is part of the state.
    @Test func aSnapshotGoesOnInTheMiddleOfAMessage() throws {
        let model = try TestModel.make(TestModel.bidirectional())
        let shard = try DrivenShard(model)
        shard.accept(.text("a", "closed"), .text("a", "half a ", more: true))
        shard.run()
        let snapshot = try snapshot(shard, of: "a")
        #expect(snapshot.state.message == [0] + "half a ".utf8.map { Int32($0) })
        #expect(snapshot.state.values.isEmpty && snapshot.state.sentiment == nil)
        let other = try DrivenShard(model)
        var put = Request(stream: try StreamID("a"), operation: .put)
        put.text = snapshot.portable().encoded()
        for shard in [shard, other] {
            if shard === other { shard.accept(put) }
            shard.accept(.text("a", "message"))
            shard.run()
        }
        let expected = try score("half a message".utf8, model)
        #expect(try sentiments(shard, "a").last?.score == expected)
        #expect(try sentiments(other, "a").map(\.score) == [expected])
        #expect(other.recording["sentiment/a"].sequences == [1])
        #expect(try self.snapshot(other, of: "a").state.message.isEmpty)
    }

    @Test func aMessageThatCannotBeIsRefused() throws {
        let bidirectional = TestModel.bidirectional()
        let shard = try DrivenShard(TestModel.make(bidirectional))
        shard.accept(.text("a", "half", more: true))
        shard.run()
        let good = try snapshot(shard, of: "a").portable()
        let gate = SnapshotValidator(model: try TestModel.make(bidirectional))
        #expect(try gate.admit(good.encoded()) == good)
        var (foreign, long, closed) = (good, good, good)
        foreign.state.message[1] = 256
        long.state.message = Array(repeating: 1, count: WholeMessage.maxTokens + 3)
        closed.state.messageStart = nil
        for bad in [foreign, long, closed] {
            #expect(throws: Refusal.self) { try gate.admit(bad.encoded()) }
        }
        let causal = try DrivenShard(TestModel.make())
        causal.accept(.text("a", "half", more: true))
        causal.run()
        var stray = try snapshot(causal, of: "a").portable()
        stray.state.message = [1]
        #expect(throws: Refusal.self) {
            try SnapshotValidator(model: TestModel.make()).admit(stray.encoded())
        }
    }

    // MARK: Replay

    @Test func aStoredIncarnationIsPublishedAsItWasAndHasNoTokensToExport() throws {
        let store = try RecordedStore()
        try store.serve(try TestModel.make(TestModel.bidirectional()))
        for text in Self.texts {
            try store.accept(.text("a", text, more: true), .text("a", text))
            try store.run()
            try store.evict()
        }
        try store.finish()
        let session = try store.session("a")
        let player = try session.player()
        var bodies: [String] = []
        var tokens = 0
        while let step = try player.step() {
            if step.hasReadToken { tokens += 1 }
            bodies += step.published.filter { $0.kind == .sentiment }.map {
                String(decoding: $0.body, as: UTF8.self)
            }
        }
        #expect(bodies == store.recording["sentiment/a"].bodies && bodies.count == 4)
        #expect(tokens == 2 * Self.texts.joined().utf8.count)
        let error = #expect(throws: ModelError.self) { try session.player().nextToken() }
        #expect(error?.part == "bidirectional")
    }
}
