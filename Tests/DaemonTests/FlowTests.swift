import Daemon
import Engine
import Foundation
import Model
import TestSupport
import Testing
import Wire
import ZeroMQ

/// Text in by real sockets, events out by real sockets, equal to what the engine alone publishes.
@Suite struct FlowTests {
    enum Transport: String, CaseIterable { case inproc, ipc, tcp }

    /// Endpoints for one test, from which the transport's own names are left out.
    private struct Endpoints {
        let transport: Transport
        let folder: TemporaryFolder

        func make(_ name: String) throws -> Endpoint {
            switch transport {
            case .inproc: try Endpoint("inproc://\(name)")
            case .ipc: try Endpoint("ipc://\(folder.path)/\(name)")
            case .tcp: try Endpoint("tcp://127.0.0.1:*")
            }
        }
    }

    /// Texts of some streams, cut and interleaved: `stream id | text | header`.
    private func messages(streams: [String], seed: UInt64) -> [[[UInt8]]] {
        var random = SeededRandom(seed: seed)
        var messages: [[[UInt8]]] = []
        for _ in 0..<8 {
            for stream in streams.shuffled(using: &random) {
                let text = random.text(Int.random(in: 1...12, using: &random)).map { $0 & 0x7F }
                let header = [#"{"more":true}"#, "{}", #"{"more":false}"#]
                    .randomElement(using: &random)!
                messages.append([bytes(stream), text, bytes(header)])
            }
        }
        messages += streams.map { [bytes($0), [], bytes(#"{"op":"flush"}"#)] }
        return messages + streams.map { [bytes($0), [], bytes(#"{"op":"end"}"#)] }
    }

    private func requests(_ messages: [[[UInt8]]]) throws -> [EngineInput] {
        try messages.map { frames in
            let header = try RequestHeader(json: frames[2])
            return .request(
                Request(
                    stream: try StreamID(utf8: frames[0]), operation: header.operation,
                    text: frames[1], more: header.more ?? false))
        }
    }

    /// SUB and PULL in, XPUB and PUSH out, all at once, two endpoints at the SUB and XPUB.
    @Test(arguments: Transport.allCases, [false, true])
    func everyTransportEveryPatternEitherSideBinding(
        _ transport: Transport, daemonConnects: Bool
    ) throws {
        let context = try Context()
        let endpoints = Endpoints(transport: transport, folder: try TemporaryFolder())
        let sockets = try Peers(context)
        let model = try TestModel.make()
        let pipeline: Pipeline
        if daemonConnects {
            let bound = try sockets.all.map { try $0.bind(endpoints) }
            pipeline = try Pipeline(
                .of(
                    [
                        .of(.sub, [bound[0], bound[1]], connects: true),
                        .of(.pull, [bound[2]], connects: true),
                    ],
                    [
                        .of(.xpub, [bound[3], bound[4]], connects: true),
                        .of(.push, [bound[5]], connects: true),
                    ], threads: 2),
                model: model, context: context)
        } else {
            let own = try sockets.all.map { try endpoints.make($0.name) }
            pipeline = try Pipeline(
                .of(
                    [.of(.sub, [own[0], own[1]]), .of(.pull, [own[2]])],
                    [.of(.xpub, [own[3], own[4]]), .of(.push, [own[5]])], threads: 2),
                model: model, context: context)
            let bound = pipeline.ingress.endpoints + pipeline.egresses.flatMap(\.endpoints)
            for (peer, endpoint) in zip(sockets.all, bound) { try peer.connect(endpoint) }
        }
        try exchange(sockets, pipeline, model)
        #expect(pipeline.finish())
    }

    private func exchange(_ sockets: Peers, _ pipeline: Pipeline, _ model: Model) throws {
        // A publisher's first message is the daemon's subscription; what is sent before is lost.
        #expect(try sockets.publisherA.socket.receiveFrames() == [[1]])
        #expect(try sockets.publisherB.socket.receiveFrames() == [[1]])
        try sockets.subscriberA.socket.subscribe("next/")
        try sockets.subscriberA.socket.subscribe("stream/")
        try sockets.subscriberB.socket.subscribe("sentiment/")
        // Of two peers' subscriptions to the same topic one is told; so each ends with its own.
        try sockets.subscriberB.socket.subscribe("stream/b")
        try sockets.subscriberA.socket.subscribe("error/a")
        try sockets.subscriberB.socket.subscribe("error/b")
        for stream in ["a", "b"] {
            try pipeline.waitUntilWanted(.error, of: stream) {
                try sockets.subscriberA.socket.pump()
                try sockets.subscriberB.socket.pump()
            }
        }

        let parts = [("a", sockets.publisherA), ("b", sockets.publisherB), ("c", sockets.pusher)]
        var all: [EngineInput] = []
        for (name, peer) in parts {
            let messages = messages(streams: (0..<4).map { "\(name)\($0)" }, seed: 3)
            for frames in messages { #expect(try peer.socket.send(frames) == .sent) }
            all += try requests(messages)
        }
        let expected = try publishedDirectly(all, model: model).byTopic
        #expect(expected.count == 12 * 3)

        let pulled = try sockets.puller.socket.receiveEvents(untilEnded: 12)
        expectSame(pulled.byTopic, expected)
        let next = try sockets.subscriberA.socket.receiveEvents(untilEnded: 12)
        expectSame(next.byTopic, expected.filter { !$0.key.hasPrefix("sentiment/") })
        let sentiment = try sockets.subscriberB.socket.receiveEvents(untilEnded: 4)
        let heard = sentiment.byTopic
        // Other streams' last scores may still be on their way when the last of b has ended.
        for topic in ["sentiment/b0", "sentiment/b3", "stream/b1"] {
            expectSame(heard.filter { $0.key == topic }, expected.filter { $0.key == topic })
        }
        #expect(heard.keys.allSatisfy { $0.hasPrefix("sentiment/") || $0.hasPrefix("stream/b") })
    }

    /// The other ends of the daemon's sockets, in the order of its endpoints.
    private struct Peers {
        let publisherA, publisherB, pusher, subscriberA, subscriberB, puller: Peer
        var all: [Peer] {
            [publisherA, publisherB, pusher, subscriberA, subscriberB, puller]
        }

        init(_ context: Context) throws {
            publisherA = try Peer(.xpub, "publisher-a", context)
            publisherB = try Peer(.xpub, "publisher-b", context)
            pusher = try Peer(.push, "pusher", context)
            subscriberA = try Peer(.sub, "subscriber-a", context)
            subscriberB = try Peer(.sub, "subscriber-b", context)
            puller = try Peer(.pull, "puller", context)
        }
    }

    private final class Peer {
        let socket: Socket
        let name: String

        init(_ kind: SocketKind, _ name: String, _ context: Context) throws {
            socket = try Socket(kind, in: context, options: .test())
            self.name = name
        }

        func bind(_ endpoints: Endpoints) throws -> Endpoint {
            try socket.bind(try endpoints.make(name))
        }

        func connect(_ endpoint: Endpoint) throws { try socket.connect(endpoint) }
    }

    // MARK: What an input's configuration changes

    @Test func anInputTakesTheStreamsItSubscribesTo() throws {
        let context = try Context()
        var input = Configuration.Input.of(.sub, [try Endpoint("inproc://in")])
        input.subscribe = ["news", "blog"]
        let pipeline = try Pipeline(
            .of([input], [.of(.push, [try Endpoint("inproc://out")])]),
            model: try TestModel.make(), context: context)
        let publisher = try Socket(.xpub, in: context, options: .test())
        try publisher.connect(try Endpoint("inproc://in"))
        let puller = try Socket(.pull, in: context, options: .test())
        try puller.connect(try Endpoint("inproc://out"))
        let topics = [try publisher.receiveFrames(), try publisher.receiveFrames()]
        #expect(Set(topics) == [[[1] + bytes("news")], [[1] + bytes("blog")]])
        for stream in ["weather", "newsroom", "blo", "blog"] {
            try publisher.send(stream, "hi")
            try publisher.send(stream, "", #"{"op":"end"}"#)
        }
        let events = try puller.receiveEvents(untilEnded: 2)
        let streams = events.byTopic.filter { $0.key.hasPrefix("stream/") }.mapValues(\.count)
        #expect(streams == ["stream/newsroom": 2, "stream/blog": 2])
        #expect(pipeline.finish())
    }

    /// Plain strings go on and on in the endpoint's own stream.
    @Test func anInputHasItsOwnStreamAndMayBeOneRunningText() throws {
        let context = try Context()
        var input = Configuration.Input.of(.pull, [try Endpoint("inproc://in")])
        input.stream = try StreamID("log")
        input.more = true
        let pipeline = try Pipeline(
            .of([input], [.of(.push, [try Endpoint("inproc://out")])]),
            model: try TestModel.make(), context: context)
        let pusher = try Socket(.push, in: context, options: .test())
        try pusher.connect(try Endpoint("inproc://in"))
        let puller = try Socket(.pull, in: context, options: .test())
        try puller.connect(try Endpoint("inproc://out"))
        try pusher.send("one ")
        try pusher.send("two")
        try pusher.send("log", "", #"{"op":"end"}"#)
        let whole = Request(stream: try StreamID("log"), text: bytes("one two"))
        let end = Request(stream: try StreamID("log"), operation: .end)
        let expected = try publishedDirectly(
            [.request(whole), .request(end)], model: try TestModel.make())
        #expect(try puller.receiveEvents(untilEnded: 1) == expected)
        #expect(pipeline.finish())
    }

    /// Outputs differ in what they tell and how often; each numbers its own events.
    @Test func eachOutputHasItsOwnEventsAndCadence() throws {
        let context = try Context()
        var rare = Configuration.Output.of(.push, [try Endpoint("inproc://rare")])
        rare.events = [.next, .sentiment]
        rare.nextEvery = .everyTokens(3)
        rare.sentimentEvery = .everyMessage
        let pipeline = try Pipeline(
            .of(
                [.of(.pull, [try Endpoint("inproc://in")])],
                [.of(.push, [try Endpoint("inproc://all")]), rare]),
            model: try TestModel.make(), context: context)
        let pusher = try Socket(.push, in: context, options: .test())
        try pusher.connect(try Endpoint("inproc://in"))
        let pullers = try ["all", "rare"].map {
            let endpoint = try Endpoint("inproc://\($0)")
            let peer = try Peer(.pull, $0, context)
            try peer.connect(endpoint)
            return peer
        }
        try pusher.send("s", "0123456789")
        try pusher.send("s", "", #"{"op":"end"}"#)
        let all = try pullers[0].socket.receiveEvents(untilEnded: 1)
        #expect(all.byTopic["next/s"]?.map(\.sequence) == Array(0..<10))
        #expect(all.byTopic["sentiment/s"]?.map(\.sequence) == Array(0..<11))
        let some = try (0..<4).map { _ in try pullers[1].socket.receiveEvent() }.byTopic
        let everyThird = [2, 5, 8].compactMap { all.byTopic["next/s"]?[$0].body }
        #expect(some["next/s"]?.map(\.body) == everyThird)
        #expect(some["next/s"]?.map(\.sequence) == [0, 1, 2])
        let score = try #require(all.byTopic["sentiment/s"]?.last)
        #expect(some["sentiment/s"]?.map(\.body) == [score.body])
        #expect(some["sentiment/s"]?.map(\.sequence) == [0])
        #expect(pipeline.finish())
        #expect(pipeline.sent(1) == 4)
    }
}
