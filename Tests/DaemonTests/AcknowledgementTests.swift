import Daemon
import Engine
import Kernels
import Metrics
import Model
import Names
import Synchronization
import TestSupport
import Testing
import Threads
import Wire
import ZeroMQ

/// Publishers that are told what became of each message, on real sockets.
@Suite struct AcknowledgementTests {
    private let context: Context
    private let model = try! TestModel.make(TestModel.config(.rnn, layers: 1, hidden: 4))

    init() throws { context = try Context() }

    /// A ROUTER in; everything out by a PUSH named `out`.
    private func pipeline(
        _ endpoint: String = "inproc://in", queueBytes: Int? = nil,
        slowReader: Configuration.Output.SlowReader = .drop, threads: Int = 2,
        model: Model? = nil,
        change: (inout Configuration) -> Void = { _ in }
    ) throws -> Pipeline {
        var output = Configuration.Output.of(
            .push, [try Endpoint("inproc://out")], slowReader: slowReader)
        output.socket.sendHighWaterMark = slowReader == .block ? 1 : 0
        var configuration = Configuration.of(
            [.of(.router, [try Endpoint(endpoint)])], [output], threads: threads)
        if let queueBytes { configuration.engine.queueBytes = queueBytes }
        configuration.limits.maxTextBytes = 1000
        change(&configuration)
        return try Pipeline(configuration, model: model ?? self.model, context: context)
    }

    private func peer(
        _ kind: SocketKind, _ endpoint: Endpoint, id: String? = nil
    ) throws -> Socket {
        var options = SocketOptions.test()
        options.routingID = id.map(bytes)
        let socket = try Socket(kind, in: context, options: options)
        try socket.connect(endpoint)
        return socket
    }

    private func dealer(_ pipeline: Pipeline, id: String? = nil) throws -> Socket {
        try peer(.dealer, pipeline.ingress.endpoints[0], id: id)
    }

    private func header(_ number: Int, producer: String = "") -> String {
        #"{"seq":\#(number),"producer":"\#(producer)"}"#
    }

    private func puller() throws -> Socket {
        try peer(.pull, try Endpoint("inproc://out"))
    }

    // MARK: Patterns

    @Test(arguments: ["inproc://in", "tcp://127.0.0.1:*", "ipc://*"])
    func aDealerIsAnsweredInOrder(_ endpoint: String) throws {
        let pipeline = try pipeline(endpoint)
        let dealer = try dealer(pipeline)
        for number in 0..<500 { try dealer.send("s\(number % 3)", "text", header(number)) }
        var last = [-1, -1, -1]
        for _ in 0..<500 {
            let answer = try dealer.receiveAcknowledgement()
            let number = Int(try #require(answer.sequence))
            #expect(answer.result == .accepted)
            #expect(answer.stream?.text == "s\(number % 3)")
            #expect(number == last[number % 3] + (last[number % 3] < 0 ? number % 3 + 1 : 3))
            last[number % 3] = number
        }
        #expect(last == [498, 499, 497])
        #expect(pipeline.finish())
        #expect(pipeline.acknowledgements.statistics.sent.value == 500)
        #expect(pipeline.acknowledgements.statistics.dropped.value == 0)
    }

    /// A REQ puts an empty frame before a message and wants it before the answer.
    @Test func aREQIsAnswered() throws {
        let pipeline = try pipeline()
        let asker = try peer(.req, try Endpoint("inproc://in"))
        try asker.send("text of the default stream")
        #expect(try asker.receiveFrames().map(text) == ["default", accepted("null")])
        try asker.send("news", "text", header(3))
        #expect(try asker.receiveFrames().map(text) == ["news", accepted("3")])
        try asker.send("news", "", #"{"op":"end"}"#)
        #expect(try asker.receiveFrames().map(text) == ["news", accepted("null")])
        #expect(pipeline.finish())
    }

    /// With ZMQ_REQ_CORRELATE a number comes first, which the answer must bring back.
    @Test func aREQThatNumbersItsRequestsIsAnswered() throws {
        let pipeline = try pipeline()
        let asker = try dealer(pipeline)
        for number: [UInt8] in [[1, 2, 3, 4], bytes("news"), [0xFF, 0xFF, 0xFF, 0xFF]] {
            #expect(try asker.send([number, [], bytes("text")]) == .sent)
            #expect(
                try asker.receiveFrames()
                    == [number, [], bytes("default"), bytes(accepted("null"))])
            #expect(try asker.send([number, [], bytes("s"), bytes("text")]) == .sent)
            #expect(
                try asker.receiveFrames() == [number, [], bytes("s"), bytes(accepted("null"))])
        }
        #expect(pipeline.finish())
    }

    /// Also behind an empty frame, which is no stream id.
    @Test func aPlainTextGoesToTheDefaultStream() throws {
        let pipeline = try pipeline()
        let puller = try puller()
        let dealer = try dealer(pipeline)
        try dealer.send("ab")
        #expect(try dealer.receiveFrames().map(text) == ["default", accepted("null")])
        try dealer.send("", "cd")
        #expect(try dealer.receiveFrames().map(text) == ["", "default", accepted("null")])
        try dealer.send("default", "", #"{"op":"end"}"#)
        let events = try puller.receiveEvents(untilEnded: 1)
        #expect(events.byTopic["next/default"]?.count == 4)
        #expect(pipeline.finish())
    }

    // MARK: Resending

    @Test func aResentMessageIsAnsweredButNotReadAgain() throws {
        let pipeline = try pipeline()
        let puller = try puller()
        let dealer = try dealer(pipeline)
        for number in [0, 1, 1, 0, 2, 2] { try dealer.send("s", "ab", header(number)) }
        // Another producer, and another stream, count on their own.
        try dealer.send("s", "ab", header(1, producer: "other"))
        try dealer.send("t", "ab", header(1))
        try dealer.send("s", "", #"{"op":"end","seq":3}"#)
        try dealer.send("t", "", #"{"op":"end","seq":3}"#)
        let answers = try (0..<10).map { _ in try dealer.receiveAcknowledgement() }
        let ofS = answers.filter { $0.stream?.text == "s" }.map(\.result)
        #expect(
            ofS == [
                .accepted, .accepted, .duplicate, .duplicate, .accepted, .duplicate, .accepted,
                .accepted,
            ])
        #expect(answers.filter { $0.stream?.text == "t" }.map(\.result) == [.accepted, .accepted])
        let events = try puller.receiveEvents(untilEnded: 2)
        #expect(events.byTopic["next/s"]?.count == 8)
        #expect(events.byTopic["next/t"]?.count == 2)
        #expect(pipeline.finish())
    }

    /// A publisher that comes back under its name gets the answers of what it sent before.
    @Test func aPeerThatComesBackTakesOver() throws {
        let pipeline = try pipeline("tcp://127.0.0.1:*")
        let first = try dealer(pipeline, id: "me")
        try first.send("s", "text", header(0))
        #expect(try first.receiveAcknowledgement().result == .accepted)
        let second = try dealer(pipeline, id: "me")
        try second.send("s", "text", header(0))
        #expect(try second.receiveAcknowledgement().result == .duplicate)
        #expect(pipeline.finish())
    }

    // MARK: Refusals

    @Test func whatIsRefusedIsAnsweredWithItsNumber() throws {
        let pipeline = try pipeline()
        let dealer = try dealer(pipeline)
        let cases: [(frames: [String], stream: String?, sequence: UInt64?, code: Refusal.Code)] = [
            ([""], "default", nil, .emptyMessage),
            (["s", "", #"{"seq":1}"#], "s", 1, .emptyMessage),
            (["s", String(repeating: "x", count: 1001), #"{"seq":2}"#], "s", 2, .textTooLarge),
            (["s", "text", #"{"seq":3,"oops":1}"#], "s", 3, .header),
            (["s", "text", #"{"seq":"4"}"#], "s", nil, .header),
            (["s", "text", "no JSON"], "s", nil, .header),
            (["a\n", "text", #"{"seq":5}"#], nil, 5, .streamID),
            (["s", "text", #"{"seq":6}"#, "more"], nil, nil, .frameCount),
        ]
        for (frames, stream, sequence, code) in cases {
            #expect(try dealer.send(frames.map(bytes)) == .sent)
            let answer = try dealer.receiveAcknowledgement()
            #expect(answer.stream?.text == stream)
            #expect(answer.sequence == sequence)
            guard case .refused(let refusal) = answer.result else {
                Issue.record("\(frames) was not refused")
                continue
            }
            #expect(refusal.code == code)
            #expect(refusal.message.contains("expected"))
        }
        // Nothing refused moves the position on.
        try dealer.send("s", "text", header(0))
        #expect(try dealer.receiveAcknowledgement().result == .accepted)
        #expect(pipeline.finish())
    }

    /// What depends on the stream, which only the engine knows.
    @Test func whatItsStreamRefusesIsAnsweredToo() throws {
        let model = try TestModel.exploding(TestModel.exploding, token: UInt8(ascii: "!"))
        let pipeline = try pipeline(threads: 1, model: model) { $0.engine.maxStreams = 1 }
        let dealer = try dealer(pipeline)
        let puller = try puller()
        func code(_ stream: String, _ text: String, _ header: String) throws -> Refusal.Code? {
            try dealer.send(stream, text, header)
            guard case .refused(let refusal) = try dealer.receiveAcknowledgement().result else {
                return nil
            }
            return refusal.code
        }
        #expect(try code("s", "", #"{"op":"end"}"#) == .noSuchStream)
        #expect(try code("s", "", #"{"more":false}"#) == .noSuchStream)
        #expect(try code("s", String(repeating: "!", count: 900), #"{"seq":1}"#) == nil)
        #expect(try code("t", "text", #"{"seq":1}"#) == .tooManyStreams)
        while try !puller.receiveEvent().body.contains("non_finite_state") {}
        #expect(try code("s", "text", #"{"seq":2}"#) == .quarantined)
        #expect(try code("s", "", #"{"op":"reset","seq":3}"#) == nil)
        #expect(try code("s", "", #"{"more":false}"#) == .emptyMessage)
        #expect(try code("s", "text", #"{"seq":4}"#) == nil)
        #expect(pipeline.finish())
    }

    // MARK: Peers that are gone or slow

    @Test func aPeerThatIsGoneIsCountedAndStopsNobody() throws {
        let pipeline = try pipeline("tcp://127.0.0.1:*")
        let stays = try dealer(pipeline)
        let gone = ReplyAddress.peer(Envelope([bytes("nobody")]), input: 0)
        let answer = Acknowledgement(
            replyTo: gone, stream: nil, producerSequence: 1, result: .accepted)
        pipeline.acknowledgements.add([answer, answer])
        try stays.send("s", "text", header(0))
        #expect(try stays.receiveAcknowledgement().result == .accepted)
        #expect(pipeline.finish())
        #expect(pipeline.acknowledgements.statistics.dropped.value == 2)
        #expect(pipeline.acknowledgements.statistics.sent.value == 1)
    }

    /// It reads none of its answers, so they are dropped when its queue is full, and others go on.
    @Test func aPeerThatDoesNotReadStopsNobody() throws {
        let pipeline = try pipeline { $0.inputs[0].socket.sendHighWaterMark = 5 }
        let silent = try Socket(.dealer, in: context, options: .test(highWaterMark: 5))
        try silent.connect(try Endpoint("inproc://in"))
        for number in 0..<100 { try silent.send("s", "x", header(number)) }
        let other = try dealer(pipeline)
        try other.send("s", "x", header(0, producer: "other"))
        #expect(try other.receiveAcknowledgement().result == .accepted)
        #expect(pipeline.finish())
        let statistics = pipeline.acknowledgements.statistics
        #expect(
            statistics.sent.value
                + statistics.dropped.value == 101)
        #expect(statistics.dropped.value > 50)
        #expect(try silent.receiveAcknowledgement().sequence == 0)
    }

    // MARK: A full engine

    /// Nobody takes the events, so the engine fills and the publisher has to wait; still it hears
    /// of what was accepted, and when the events are taken, of everything.
    @Test func acknowledgementsGoOutWhileTheEngineIsFull() throws {
        let pipeline = try pipeline(queueBytes: 1024, slowReader: .block, threads: 1) {
            $0.inputs[0].socket.receiveHighWaterMark = 10
            // Large events, so that few of them are more than may wait.
            $0.engine.top = Kernels.maxTop
        }
        var options = SocketOptions.test(highWaterMark: 10)
        options.sendTimeout = .milliseconds(500)
        let dealer = try Socket(.dealer, in: context, options: options)
        try dealer.connect(try Endpoint("inproc://in"))
        var sent = 0
        while try dealer.send([bytes("s"), bytes("text"), bytes(header(sent))]) == .sent {
            sent += 1
            try #require(sent < 100_000)
        }
        // Full all the way: what comes now comes past the messages that wait.
        #expect(pipeline.engine.statistics.requests.value < sent)
        #expect(try dealer.receiveAcknowledgement().sequence == 0)
        let probe = try peer(.dealer, try Endpoint("inproc://in"), id: "probe")
        pipeline.acknowledgements.add([
            Acknowledgement(
                replyTo: .peer(Envelope([bytes("probe")]), input: 0), stream: nil,
                producerSequence: 7, result: .duplicate)
        ])
        #expect(try probe.receiveAcknowledgement().sequence == 7)

        let puller = try puller()
        var acknowledged = 1
        let deadline = ContinuousClock.now + patience
        var message = Multipart(frameLimit: 2)
        while acknowledged < sent, ContinuousClock.now < deadline {
            try puller.pump()
            while try dealer.receive(into: &message, wait: .never) { acknowledged += 1 }
        }
        #expect(acknowledged == sent)
    }

    // MARK: Stopping

    /// What had arrived is taken in, finished, and acknowledged before the sockets close.
    @Test(arguments: ["inproc://in", "tcp://127.0.0.1:*"])
    func theLastAcknowledgementsGoOutAtAStop(_ endpoint: String) throws {
        let pipeline = try pipeline(endpoint, queueBytes: 1024)
        let dealer = try dealer(pipeline)
        for number in 0..<1000 { try dealer.send("s\(number % 5)", "some text", header(number)) }
        // At least one is there, so the connection stands.
        #expect(try dealer.receiveAcknowledgement().result == .accepted)
        #expect(pipeline.finish())
        let sent = pipeline.acknowledgements.statistics.sent.value
        let accepted = pipeline.engine.statistics.requests.value
        #expect(sent == accepted)
        if endpoint == "inproc://in" { #expect(accepted == 1000) }
        for _ in 1..<sent { #expect(try dealer.receiveAcknowledgement().result == .accepted) }
    }

    @Test func aStopIsOverInTimeWhenNobodyTakesTheEvents() throws {
        let pipeline = try pipeline(queueBytes: 1024, slowReader: .block, threads: 1)
        let dealer = try dealer(pipeline)
        for number in 0..<1000 { try dealer.send("s", "some text", header(number)) }
        #expect(try dealer.receiveAcknowledgement().sequence == 0)
        #expect(!pipeline.finish(within: 0.05))
    }

    /// Inputs of all types side by side, in the order of the configuration.
    @Test func theEndpointsAreInTheOrderOfTheInputs() throws {
        let names = ["inproc://a", "inproc://b", "inproc://c", "inproc://d"]
        let kinds: [Configuration.Input.Kind] = [.router, .pull, .router, .sub]
        let inputs = try zip(kinds, names).map { Configuration.Input.of($0, [try Endpoint($1)]) }
        let pipeline = try Pipeline(
            .of(inputs, [.of(.push, [try Endpoint("inproc://out")], slowReader: .drop)]),
            model: model, context: context)
        #expect(pipeline.ingress.endpoints.map(\.text) == names)
        for name in ["inproc://a", "inproc://c"] {
            let dealer = try peer(.dealer, try Endpoint(name))
            try dealer.send(name, "text")
            #expect(try dealer.receiveAcknowledgement().stream?.text == name)
        }
        #expect(pipeline.finish())
    }

    private func text(_ frame: [UInt8]) -> String { String(decoding: frame, as: UTF8.self) }

    private func accepted(_ number: String) -> String {
        #"{"v":1,"ack":"accepted","seq":\#(number)}"#
    }
}

extension Socket {
    fileprivate func receiveAcknowledgement() throws -> ReceivedAcknowledgement {
        try ReceivedAcknowledgement(frames: receiveFrames())
    }
}
