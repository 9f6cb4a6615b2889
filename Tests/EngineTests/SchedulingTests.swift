import Engine
import Metrics
import Model
import RecordingSupport
import TestSupport
import Testing
import Wire

@Suite struct SchedulingTests {
    /// A long message beside many short ones: the short ones are read as if it were not there.
    @Test func aLongMessageDoesNotHoldUpShortOnes() throws {
        let shard = try DrivenShard(TestModel.make(TestModel.config(.rnn, layers: 1, hidden: 4)))
        var random = SeededRandom(seed: 1)
        let long = random.text(1 << 20)
        shard.accept(Request(stream: try StreamID("long"), text: long))
        for index in 0..<100 { shard.accept(.text("short \(index)", "ten bytes!")) }
        var steps = 0
        while (0..<100).contains(where: { shard.recording["next/short \($0)"].bodies.count < 10 }) {
            #expect(shard.step())
            steps += 1
        }
        // 101 streams in steps of 64: two steps for each of 11 tokens, the start token among them.
        #expect(steps <= 2 * 11 + 1)
        #expect(shard.recording["next/long"].bodies.count <= steps)
    }

    /// Tokenising goes by slices, so that a long text holds nobody up before its first token.
    @Test func aLongTextIsTokenisedPieceByPiece() throws {
        let shard = try DrivenShard(TestModel.make(TestModel.config(.rnn, layers: 1, hidden: 4)))
        var random = SeededRandom(seed: 2)
        let text = random.text(5000)
        shard.accept(Request(stream: try StreamID("a"), text: text))
        shard.run()
        let events = try shard.recording.events(.next, "a")
        #expect(events.map(\.context.offset) == (0..<5000).map { $0..<($0 + 1) })
        #expect(events.map(\.context.token) == (0..<5000).map { $0 })
    }

    /// Few streams share a step of 16 tokens, evenly; many get a token each.
    @Test(arguments: 1...20)
    func everyReadyStreamAdvancesByTheSameNumberOfTokens(_ streams: Int) throws {
        let shard = try DrivenShard(TestModel.make())
        let each = max(1, 16 / streams)
        for index in 0..<streams {
            shard.accept(.text("s\(index)", String(repeating: "x", count: 100)))
        }
        for steps in 1...5 {
            shard.step()
            #expect(shard.readTokens == steps * each * streams)
            for index in 0..<streams {
                // The start token has no event.
                #expect(shard.recording["next/s\(index)"].bodies.count == steps * each - 1)
            }
        }
    }

    /// Whoever comes beside a long text is in the next step, which is no longer for the others.
    @Test func aShortTextComesIntoTheStepAfterIt() throws {
        let shard = try DrivenShard(TestModel.make())
        shard.accept(.text("long", String(repeating: "x", count: 1000)))
        for index in 0..<10 {
            let before = shard.readTokens
            shard.step()
            #expect(shard.readTokens - before <= 16)
            shard.accept(.text("short \(index)", "abc"))
            shard.step()
            #expect(shard.recording["next/short \(index)"].bodies.count == 3)
        }
    }

    @Test func aMessageEndsAStreamsPartOfAStep() throws {
        let shard = try DrivenShard(TestModel.make())
        shard.accept(.text("a", "ab"), .text("a", "cde"), .operation(.end, "a"))
        for read in [3, 7] {
            shard.step()
            #expect(shard.readTokens == read)
        }
        #expect(shard.openStreams == 1)
        shard.step()
        #expect(shard.readTokens == 7 && shard.openStreams == 0)
    }

    @Test func everyReadyStreamAdvancesByOneTokenPerStep() throws {
        let shard = try DrivenShard(TestModel.make())
        for index in 0..<10 { shard.accept(.text("s\(index)", "abc")) }
        for count in 0...3 {
            shard.step()
            for index in 0..<10 {
                #expect(shard.recording["next/s\(index)"].bodies.count == count)
            }
        }
        #expect(!shard.step())
    }

    @Test func finishedInputsGiveTheirWeightBack() throws {
        var options = EngineOptions()
        options.maxStreams = 2
        options.idleFlush = .seconds(1)
        let shard = try DrivenShard(
            TestModel.exploding(TestModel.exploding, token: UInt8(ascii: "!")), options: options
        ).shard
        let inputs: [EngineInput] = [
            .request(.text("a", "some text")), .request(.operation(.flush, "a")),
            .request(.operation(.end, "nobody")), .request(.operation(.end, "a")),
            .request(.text("a", "more", more: true)), .request(.operation(.reset, "a")),
            .refusal(try StreamID("x"), Refusal(.header, "")),
            .refusal(try StreamID("a"), Refusal(.header, "")),
            .refusal(nil, Refusal(.streamID, "")), .request(.text("b", "x")),
            .request(.text("no room", "x")),
            .request(.text("b", String(repeating: "!", count: 3000), more: true)),
            .request(.text("b", "too late")), .request(.operation(.end, "b")),
        ]
        for input in inputs { shard.accept(input) }
        while shard.step() {}
        #expect(shard.takeFinishedWeight() == inputs.reduce(0) { $0 + $1.weight })
        #expect(shard.takeFinishedWeight() == 0)
    }

    @Test(arguments: [1, 2, 3, 4, 6])
    func weightIsHeldUntilTheLastTokenIsRead(_ maxBatch: Int) throws {
        var options = EngineOptions()
        options.maxBatch = maxBatch
        let shard = try DrivenShard(TestModel.make(), options: options).shard
        let input = EngineInput.request(.text("a", "five!"))
        shard.accept(input)
        for _ in 0..<(6 + maxBatch - 1) / maxBatch - 1 {
            #expect(shard.step())
            #expect(shard.takeFinishedWeight() == 0)
        }
        #expect(shard.step())
        #expect(shard.takeFinishedWeight() == input.weight)
    }

    /// The daemon's own flush came by no mailbox, so it gives nothing back.
    @Test func idleFlushesHaveNoWeight() throws {
        var options = EngineOptions()
        options.idleFlush = .seconds(1)
        let shard = try DrivenShard(TestModel.shipped(), options: options).shard
        let input = EngineInput.request(.text("a", "The mov", more: true))
        shard.accept(input)
        while shard.step() {}
        let held = shard.takeHeldBack()
        try #require(held.count == 1)
        #expect(shard.takeFinishedWeight() == input.weight)
        shard.flushIfIdle(held[0].stream, since: held[0].activity)
        while shard.step() {}
        #expect(shard.takeFinishedWeight() == 0)
        #expect(shard.takeHeldBack().isEmpty)
    }

    @Test func whatWaitsForAFlushIsForgottenAndAskedForAgain() throws {
        var options = EngineOptions()
        options.idleFlush = .seconds(1)
        let shard = try DrivenShard(TestModel.shipped(), options: options).shard
        shard.accept(.request(.text("a", "The mov", more: true)))
        while shard.step() {}
        let held = try #require(shard.takeHeldBack().first)
        shard.setFlushesIdle(false)
        shard.flushIfIdle(held.stream, since: held.activity)
        #expect(!shard.step() && shard.takeHeldBack().isEmpty)
        shard.setFlushesIdle(true)
        let again = try #require(shard.takeHeldBack().first)
        shard.flushIfIdle(again.stream, since: again.activity)
        #expect(shard.step())
    }

    /// A flush that was asked for an earlier stream of the name leaves a later one alone.
    @Test func anIdleFlushIsForTheStreamThatItWasAskedFor() throws {
        var options = EngineOptions()
        options.idleFlush = .seconds(1)
        let driven = try DrivenShard(TestModel.shipped(), options: options)
        driven.accept(.text("a", "The mov", more: true))
        driven.run()
        let first = driven.shard.takeHeldBack()
        try #require(first.count == 1)
        driven.accept(.operation(.end, "a"), .text("a", "The mov", more: true))
        driven.run()
        let second = driven.shard.takeHeldBack()
        try #require(second.count == 1)
        let before = driven.recording["next/a"].bodies.count
        driven.shard.flushIfIdle(first[0].stream, since: first[0].activity)
        driven.run()
        #expect(driven.recording["next/a"].bodies.count == before)
        driven.shard.flushIfIdle(second[0].stream, since: second[0].activity)
        driven.run()
        #expect(driven.recording["next/a"].bodies.count > before)
    }

    /// Many small requests of one stream cost no more each than few: nothing in line is moved or
    /// copied when one is taken. Quadratic work would not end here within the test's time.
    @Test func aLongLineOfSmallRequestsIsReadInItsTime() throws {
        let shard = try DrivenShard(
            TestModel.make(TestModel.config(.rnn, layers: 1, hidden: 4)), subscribed: [])
        for index in 0..<60_000 {
            shard.shard.accept(
                .request(index % 3 == 2 ? .operation(.end, "a") : .text("a", "x")))
        }
        shard.run()
        #expect(shard.statistics.refusals.counts.isEmpty)
        #expect(shard.openStreams == 0)
    }
}
