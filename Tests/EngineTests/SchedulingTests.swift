import Engine
import Model
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

    /// Tokenising goes by slices, so that accepting a long text costs no more than a short one.
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

    @Test func finishedRequestsGiveTheirWeightBack() throws {
        let shard = try DrivenShard(TestModel.make()).shard
        let inputs: [EngineInput] = [
            .request(.text("a", "some text")), .request(.operation(.flush, "a")),
            .request(.operation(.end, "nobody")), .request(.operation(.end, "a")),
            .request(.text("a", "more", more: true)), .request(.operation(.reset, "a")),
            .refusal(try StreamID("x"), Refusal(.header, "")),
            .refusal(nil, Refusal(.streamID, "")),
        ]
        for input in inputs { shard.accept(input) }
        while shard.step() {}
        #expect(shard.takeFinishedWeight() == inputs.reduce(0) { $0 + $1.weight })
        #expect(shard.takeFinishedWeight() == 0)
    }
}
