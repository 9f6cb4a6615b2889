import Dispatch
import Engine
import Metrics
import RecordingSupport
import Synchronization
import TestSupport
import Testing
import Threads
import Wire

/// The engine's threads; what they compute is tested on shards driven by hand.
@Suite struct EngineTests {
    private func engine(
        _ options: EngineOptions, publish: @escaping @Sendable (EventFrames) -> Void
    ) throws -> Engine {
        let demand = Demand(outputs: 1)
        demand.subscribe(output: 0, to: [])
        return try Engine(
            model: TestModel.make(), options: options, outputs: [OutputProfile()], demand: demand
        ) { publish($1) }
    }

    @Test func finishingWaitsForAllThatWasAccepted() throws {
        var options = EngineOptions()
        options.shards = 2
        options.queueBytes = 4096
        let events = Atomic<Int>(0)
        let engine = try engine(options) { events.add($0.entries.count, ordering: .relaxed) }
        for index in 0..<200 { engine.submit([.request(.text("s\(index)", "twelve bytes"))]) }
        #expect(engine.finish())
        // For each stream: started, twelve tokens of two kinds, one message.
        let count = events.load(ordering: .relaxed)
        #expect(count == 200 * (1 + 24 + 1))
        #expect(!engine.submit([.request(.text("late", "x"))]))
    }

    @Test func abandoningDropsWhatWaits() throws {
        let blocked = DispatchSemaphore(value: 0)
        let began = DispatchSemaphore(value: 0)
        let engine = try engine(EngineOptions()) { _ in
            began.signal()
            blocked.wait()
        }
        engine.submit([.request(.text("a", String(repeating: "x", count: 10_000)))])
        began.wait()
        #expect(!engine.finish(by: .now() + .milliseconds(10)))
        blocked.signal()
        _ = engine.finish()
        let tokens = engine.statistics.rows.value
        #expect(tokens < 10_000)
    }

    /// A piece that ends inside a character is held back until the stream has been idle; where the time
    /// is set later, also a stream that is idle already.
    @Test(arguments: [true, false]) func idleStreamsAreFlushed(fromTheStart: Bool) async throws {
        var options = EngineOptions()
        options.idleFlush = fromTheStart ? .milliseconds(5) : nil
        let (bodies, continuation) = AsyncStream<Event>.makeStream()
        let demand = Demand(outputs: 1)
        demand.subscribe(output: 0, to: Array("next/".utf8))
        let engine = try Engine(
            model: TestModel.shipped(), options: options, outputs: [OutputProfile()], demand: demand
        ) { _, frames in
            for entry in frames.entries {
                if let event = try? Event(kind: .next, body: Array(frames.body(of: entry))) {
                    continuation.yield(event)
                }
            }
        }
        engine.submit([.request(.text("a", "The mov", more: true))])
        var end: UInt64 = 0
        for await event in bodies {
            end = event.context.offset.upperBound
            if end == 7 { break }
            // The first event is of the step after which the stream is idle.
            if !fromTheStart { engine.setIdleTimes(IdleTimes(flush: .milliseconds(5))) }
        }
        #expect(end == 7)
        #expect(engine.finish())
    }
}
