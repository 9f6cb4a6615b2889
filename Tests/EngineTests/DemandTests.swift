import Engine
import Model
import RecordingSupport
import TestSupport
import Testing
import Wire

/// Work that nobody asked for is not done, and who listens changes nothing in what is said.
@Suite struct DemandTests {
    @Test func prefixesAreMatchedAsSubscriptionsAre() {
        let demand = Demand(outputs: 2)
        func wanted(_ stream: String) -> [String] {
            let wanted = demand.wanted(of: Array(stream.utf8))
            return (0..<2).flatMap { output in
                EventKind.allCases.filter { wanted.contains($0, output: output) }
                    .map { "\(output) \($0.rawValue)" }
            }
        }
        #expect(wanted("abc") == [])
        demand.subscribe(output: 0, to: Array("next/ab".utf8))
        demand.subscribe(output: 1, to: Array("s".utf8))
        #expect(wanted("abc") == ["0 next", "1 sentiment", "1 stream"])
        #expect(wanted("a") == ["1 sentiment", "1 stream"])
        demand.subscribe(output: 0, to: [])
        #expect(wanted("a").count == 6)
        demand.unsubscribe(output: 0, from: [])
        demand.unsubscribe(output: 1, from: Array("s".utf8))
        demand.unsubscribe(output: 1, from: Array("s".utf8))
        #expect(wanted("abc") == ["0 next"])
        let before = demand.generation
        demand.unsubscribe(output: 0, from: Array("next/ab".utf8))
        #expect(wanted("abc") == [] && demand.generation > before)
    }

    @Test func nobodyListensAndNothingIsEncoded() throws {
        let shard = try DrivenShard(TestModel.make(), subscribed: [])
        shard.accept(.text("a", "unheard"))
        shard.run()
        #expect(shard.recording == Recording())
        #expect(shard.readTokens == 8)
    }

    /// Whoever comes late gets what he would have got, from there on, under the same numbers.
    @Test(arguments: 0..<12, [1, 4])
    func aLateSubscriberHearsTheSame(_ tokens: Int, _ maxBatch: Int) throws {
        let text = "heard late"
        var options = EngineOptions()
        options.maxBatch = maxBatch
        let whole = try DrivenShard(TestModel.make())
        whole.accept(.text("a", text), .text("a", "x"))
        whole.run()
        let late = try DrivenShard(TestModel.make(), options: options, subscribed: [])
        late.accept(.text("a", text), .text("a", "x"))
        for _ in 0..<tokens / maxBatch { late.step() }
        late.demand.subscribe(output: 0, to: [])
        late.run()
        for topic in ["next/a", "sentiment/a"] {
            let (all, heard) = (whole.recording[topic], late.recording[topic])
            #expect(!heard.bodies.isEmpty)
            #expect(heard.bodies[...] == all.bodies.suffix(heard.bodies.count))
            #expect(heard.sequences[...] == all.sequences.suffix(heard.sequences.count))
        }
    }

    @Test func onlySubscribedStreamsAreTold() throws {
        let shard = try DrivenShard(TestModel.make(), subscribed: ["next/a", "sentiment/b"])
        shard.accept(.text("a", "x"), .text("b", "x"), .text("c", "x"))
        shard.run()
        #expect(shard.recording.topics[0].keys.sorted() == ["next/a", "sentiment/b"])
    }

    @Test(arguments: [(true, false), (false, true), (false, false)])
    func aModelSaysOnlyWhatItHasHeadsFor(_ next: Bool, _ sentiment: Bool) throws {
        var config = TestModel.config()
        config.heads = .init(next: next, sentiment: sentiment)
        let shard = try DrivenShard(TestModel.make(config))
        shard.accept(.text("a", "x"), .text("a", "y"))
        shard.run()
        #expect(shard.recording["next/a"].bodies.count == (next ? 2 : 0))
        #expect(shard.recording["sentiment/a"].bodies.count == (sentiment ? 4 : 0))
    }

    @Test func candidatesAreNoMoreThanTheVocabulary() throws {
        var options = EngineOptions()
        options.top = 64
        let shard = try DrivenShard(TestModel.make(), options: options)
        shard.accept(.text("a", "x"))
        shard.run()
        guard case .next(let prediction) = try shard.recording.events(.next, "a")[0].payload
        else {
            Issue.record("no prediction")
            return
        }
        #expect(prediction.top.count == 64)
        #expect(Set(prediction.top.map(\.id)).count == 64)
    }
}
