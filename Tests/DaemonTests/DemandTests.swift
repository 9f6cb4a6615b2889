import Daemon
import Engine
import TestSupport
import Testing
import Wire
import ZeroMQ

/// Nothing is made or sent that nobody subscribed to.
@Suite struct DemandTests {
    private static let input = "inproc://in"
    private static let output = "inproc://out"

    private func pipeline(_ context: Context) throws -> Pipeline {
        // The second output takes everything, which tells when a text has been read.
        let configuration = Configuration.of(
            [.of(.pull, [try Endpoint(Self.input)])],
            [
                .of(.xpub, [try Endpoint(Self.output)]),
                .of(.push, [try Endpoint("inproc://all")]),
            ])
        return try Pipeline(configuration, model: try TestModel.make(), context: context)
    }

    private func socket(
        _ kind: SocketKind, _ endpoint: String, _ context: Context
    ) throws -> Socket {
        let socket = try Socket(kind, in: context, options: .test())
        try socket.connect(try Endpoint(endpoint))
        return socket
    }

    @Test func withoutSubscribersNothingIsSent() throws {
        let context = try Context()
        let pipeline = try pipeline(context)
        let pusher = try socket(.push, Self.input, context)
        let all = try socket(.pull, "inproc://all", context)
        let subscriber = try socket(.sub, Self.output, context)
        try pusher.send("s", "some text")
        try pusher.send("s", "", #"{"op":"end"}"#)
        _ = try all.receiveEvents(untilEnded: 1)
        #expect(pipeline.finish())
        #expect(pipeline.sent(0) == 0)
        #expect(pipeline.sent(1) == 2 + 9 + 10)
        _ = subscriber
    }

    @Test func aSubscriberToOneTopicIsSentThatAlone() throws {
        let context = try Context()
        let pipeline = try pipeline(context)
        let pusher = try socket(.push, Self.input, context)
        let all = try socket(.pull, "inproc://all", context)
        let subscriber = try socket(.sub, Self.output, context)
        try subscriber.subscribe("next/abc")
        try pipeline.waitUntilWanted(.next, of: "abc")
        for stream in ["ab", "abc", "x"] {
            try pusher.send(stream, "some text")
            try pusher.send(stream, "", #"{"op":"end"}"#)
        }
        let everything = try all.receiveEvents(untilEnded: 3)
        #expect(pipeline.finish())
        let expected = everything.filter { $0.topic == "next/abc" }
        #expect(expected.count == 9)
        #expect(pipeline.sent(0) == expected.count)
        for event in expected { #expect(try subscriber.receiveEvent() == event) }
    }

    /// The sequence continues while nobody listens, so that the gap is seen.
    @Test func whatNobodyHeardIsCounted() throws {
        let context = try Context()
        let pipeline = try pipeline(context)
        let pusher = try socket(.push, Self.input, context)
        let all = try socket(.pull, "inproc://all", context)
        let subscriber = try socket(.xsub, Self.output, context)
        var heard: [Published] = []
        var everything: [Published] = []
        for (text, listens) in [("one", true), ("two!", false), ("three", true)] {
            if listens { try subscriber.subscribe("next/s") }
            try pipeline.waitUntilWanted(.next, of: "s", is: listens)
            try pusher.send("s", text)
            while everything.last?.body.contains(#""scope":"message""#) != true {
                everything.append(try all.receiveEvent())
            }
            everything.append(Published(topic: "", body: "", sequence: 0))
            if listens { heard += try text.map { _ in try subscriber.receiveEvent() } }
            if listens { _ = try subscriber.send(([0] + bytes("next/s")).span) }
        }
        #expect(heard.map(\.sequence) == [0, 1, 2, 7, 8, 9, 10, 11])
        let next = everything.filter { $0.topic == "next/s" }
        #expect(next.map(\.sequence) == Array(0..<12))
        #expect(heard == next.filter { !(3..<7).contains($0.sequence) })
        #expect(pipeline.finish())
        #expect(pipeline.sent(0) == 8)
    }
}
