import Daemon
import Engine
import TestSupport
import Testing
import Wire
import ZeroMQ

/// What becomes of events that a reader does not take.
@Suite struct SlowReaderTests {
    private let text = String(repeating: "All work and no play. ", count: 10)

    private func configuration(
        _ kind: Configuration.Output.Kind, _ policy: Configuration.Output.SlowReader
    ) throws -> Configuration {
        var slow = Configuration.Output.of(
            kind, [try Endpoint("inproc://slow")], slowReader: policy)
        slow.socket.sendHighWaterMark = 2
        slow.socket.linger = .zero
        return .of(
            [.of(.pull, [try Endpoint("inproc://in")])],
            [slow, .of(.push, [try Endpoint("inproc://all")])])
    }

    private func socket(
        _ kind: SocketKind, _ name: String, _ context: Context, highWaterMark: Int = 0
    ) throws -> Socket {
        let socket = try Socket(kind, in: context, options: .test(highWaterMark: highWaterMark))
        try socket.connect(try Endpoint("inproc://\(name)"))
        return socket
    }

    private func publish(_ context: Context) throws {
        let pusher = try socket(.push, "in", context)
        try pusher.send("s", text)
        try pusher.send("s", "", #"{"op":"end"}"#)
        // On inproc all is in the daemon's queue when `send` returns.
    }

    private func expected() throws -> [Published] {
        let stream = try StreamID("s")
        return try publishedDirectly(
            [
                .request(Request(stream: stream, text: bytes(text))),
                .request(Request(stream: stream, operation: .end)),
            ], model: try TestModel.make())
    }

    @Test func blockLosesNothing() throws {
        let context = try Context()
        let pipeline = try Pipeline(
            configuration(.push, .block), model: try TestModel.make(), context: context)
        let all = try socket(.pull, "all", context)
        try publish(context)
        // The other output continues while nobody takes this one's events.
        #expect(try all.receiveEvents(untilEnded: 1) == expected())
        let late = try socket(.pull, "slow", context, highWaterMark: 2)
        #expect(try late.receiveEvents(untilEnded: 1) == expected())
        #expect(pipeline.finish())
        #expect(pipeline.lost(0) == ["dropped": 0])
    }

    @Test func blockOnASubscriberLosesNothing() throws {
        let context = try Context()
        let pipeline = try Pipeline(
            configuration(.xpub, .block), model: try TestModel.make(), context: context)
        let all = try socket(.pull, "all", context)
        let slow = try socket(.sub, "slow", context, highWaterMark: 2)
        try slow.subscribe("")
        try pipeline.waitUntilWanted(.error, of: "s")
        try publish(context)
        #expect(try all.receiveEvents(untilEnded: 1) == expected())
        #expect(try slow.receiveEvents(untilEnded: 1) == expected())
        #expect(pipeline.finish())
        #expect(pipeline.lost(0) == ["lost_at_least": 0])
    }

    @Test func dropGoesOnWithoutAPullerAndCounts() throws {
        let context = try Context()
        let pipeline = try Pipeline(
            configuration(.push, .drop), model: try TestModel.make(), context: context)
        let all = try socket(.pull, "all", context)
        try publish(context)
        let events = try all.receiveEvents(untilEnded: 1)
        #expect(pipeline.finish())
        #expect(pipeline.lost(0) == ["dropped": events.count])
        #expect(pipeline.sent(0) == 0)
        #expect(pipeline.sent(1) == events.count)
    }

    /// What the slow one gets is right, and the sequence numbers show what it missed.
    @Test func dropSkipsASlowSubscriberAndCounts() throws {
        let context = try Context()
        let pipeline = try Pipeline(
            configuration(.xpub, .drop), model: try TestModel.make(), context: context)
        let all = try socket(.pull, "all", context)
        let slow = try socket(.sub, "slow", context, highWaterMark: 2)
        try slow.subscribe("next/")
        try pipeline.waitUntilWanted(.next, of: "s")
        try publish(context)
        let everything = try all.receiveEvents(untilEnded: 1).filter { $0.topic == "next/s" }
        // Not closed yet, so what was queued for the subscriber is still there.
        #expect(pipeline.finish())
        #expect(pipeline.sent(0) == everything.count)
        // libzmq tells of the first of those that the reader missed, and of no other.
        let lost = try #require(pipeline.lost(0)["lost_at_least"])
        #expect((1..<everything.count).contains(lost))
        let first = try slow.receiveEvent()
        #expect(first == everything[0])
    }

    /// A reader that never comes back holds up a stop no longer than allowed.
    @Test func aStopGivesUpOnABlockedOutput() throws {
        let context = try Context()
        let pipeline = try Pipeline(
            configuration(.push, .block), model: try TestModel.make(), context: context)
        try publish(context)
        #expect(!pipeline.finish(within: 0.05))
    }
}
