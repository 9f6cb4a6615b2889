import Foundation
import TestSupport
import Testing
import ZeroMQ

/// Publishers and subscribers that know nothing of us.
@Suite(.enabled("needs python3-zmq") { hasPyZMQ() }, .blocking)
struct PythonTests {
    /// Publishes its standard input by PUB, and prints all events of it as `score` does.
    private static let exchange = """
        import sys, zmq
        context = zmq.Context()
        publisher = context.socket(zmq.XPUB)  # A PUB that tells when somebody has subscribed.
        publisher.connect(sys.argv[1])
        publisher.recv()
        subscriber = context.socket(zmq.SUB)
        subscriber.connect(sys.argv[2])
        subscriber.subscribe(b"")
        while not subscriber.poll(50):
            publisher.send_multipart([b"probe", b"", b'{"op":"flush"}'])
        text = sys.stdin.buffer.read()
        if sys.argv[3] == "plain":
            publisher.send(text)
        else:
            publisher.send_multipart([sys.argv[4].encode(), text])
        publisher.send_multipart([sys.argv[4].encode(), b"", b'{"op":"end"}'])
        while True:
            topic, body, sequence = subscriber.recv_multipart()
            if topic == b"error/probe":
                continue
            number = int.from_bytes(sequence, "little")
            assert len(sequence) == 8
            print('{"topic":"%s","sequence":%d,"body":%s}' % (topic.decode(), number, body.decode()))
            if b'"ended"' in body:
                break
        context.destroy(linger=0)
        """

    @Test(arguments: [("frames", "reviews"), ("plain", "default")])
    func eventsAreThoseOfScore(_ kind: String, _ stream: String) throws {
        let text = "The film was wonderful, süß und schön. 👍\nI would see it again!"
        let daemon = try ServedDaemon(
            model: nil, [],
            keys: """
                [[input]]
                type = "sub"
                bind = ["tcp://127.0.0.1:*"]
                [[output]]
                type = "xpub"
                bind = ["tcp://127.0.0.1:*"]
                slow_reader = "block"
                """)
        let endpoints = try daemon.servedEndpoints()
        let python = try SluiceProcess.run(
            [
                "-c", Self.exchange, endpoints.inputs[0].text, endpoints.outputs[0].text, kind,
                stream,
            ], input: text, executable: SluiceProcess.python)
        #expect(python.status == 0, "\(python.errors)")
        let score = try SluiceProcess.run(["score", "--stream", stream], input: text)
        #expect(score.lines.count > 20)
        #expect(python.lines == score.lines)
        try daemon.stop()
    }
}

/// The example of a publisher that must not lose, as it stands.
@Suite(.enabled("needs python3-zmq") { hasPyZMQ() }, .blocking)
struct SubscribeExampleTests {
    private let program = Repository.root.appending(path: "deploy/examples/subscribe.py").path

    /// A publisher that dies and comes back, as a daemon does, with what it cannot know to be received.
    @Test func eachEventIsPrintedOnce() throws {
        let folder = try TemporaryFolder()
        let subscriber = try SluiceProcess(
            ["-u", program, "next/", "ipc://\(folder.path)/out"], executable: SluiceProcess.python)
        for numbers in [0..<UInt8(5), 2..<7] {
            // Its end waits until the endpoint is free.
            let peers = try Peers()
            let publisher = try peers.socket(.xpub)
            try publisher.bind(try Endpoint("ipc://\(folder.path)/out"))
            var message = Multipart(frameLimit: 1)
            try #require(try publisher.receive(into: &message))
            for number in numbers {
                let sequence = [number] + [UInt8](repeating: 0, count: 7)
                try publisher.send(frames: [bytes("next/a"), bytes("{\(number)}"), sequence])
            }
            let last = numbers.upperBound - 1
            try subscriber.waitForOutput(containing: "next/a \(last) {\(last)}")
        }
        subscriber.signal(SIGKILL)
        let expected = (0..<7).map { "next/a \($0) {\($0)}" }
        let result = try subscriber.finish()
        #expect(result.lines == expected, "\(result.errors)")
    }
}

@Suite(.enabled("needs python3-zmq") { hasPyZMQ() }, .blocking)
struct ReliableExampleTests {
    private let text = (0..<700).map { "line \($0)\n" }.joined()
    private let program = Repository.root.appending(path: "deploy/examples/reliable.py").path

    private func expectScored(_ daemon: ServedDaemon, _ puller: borrowing Socket) throws {
        let peers = try Peers()
        let dealer = try peers.connect(.dealer, try daemon.endpoint(.router))
        try dealer.send("py", "", #"{"op":"end"}"#)
        let expected = try SluiceProcess.run(
            ["score", "--per-line", "--stream", "py", "--model", Repository.smallModel],
            input: text)
        #expect(try puller.receiveEvents { $0.isEnd }.map(\.line) == expected.lines)
    }

    @Test func eachLineIsReadOnce() throws {
        let daemon = try ServedDaemon([.router, .all])
        let peers = try Peers()
        let puller = try peers.puller(daemon)
        let result = try SluiceProcess.run(
            [program, "py", try daemon.endpoint(.router).text], input: text,
            executable: SluiceProcess.python)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == "700 messages acknowledged\n")
        try expectScored(daemon, puller)
        try daemon.stop()
    }

    /// Whoever takes its first messages dies with them.
    @Test func itSendsAgainWhatWasNotAnswered() throws {
        let folder = try TemporaryFolder()
        let publisher = try SluiceProcess(
            [program, "py", "ipc://\(folder.path)/router"], executable: SluiceProcess.python)
        try publisher.finishInput(text)
        try takeMessages(at: try Endpoint("ipc://\(folder.path)/router"))
        let daemon = try ServedDaemon([.router, .all], folder: folder)
        let peers = try Peers()
        let puller = try peers.puller(daemon)
        let result = try publisher.finish()
        #expect(result.status == 0, "\(result.errors)")
        try expectScored(daemon, puller)
        try daemon.stop()
    }

    private func takeMessages(at endpoint: Endpoint) throws {
        let peers = try Peers()
        let router = try peers.socket(.router)
        try router.bind(endpoint)
        var message = Multipart(frameLimit: 4)
        for _ in 0..<100 { try #require(try router.receive(into: &message)) }
    }

    @Test func aRefusalEndsItWithTheReason() throws {
        let daemon = try ServedDaemon([.router, .out], keys: "limits.max_text_bytes = 3")
        let result = try SluiceProcess.run(
            [program, "py", try daemon.endpoint(.router).text], input: "long\n",
            executable: SluiceProcess.python)
        #expect(result.status == 1)
        #expect(result.errors.contains("py 0: the text has 4 bytes; expected at most 3"))
        try daemon.stop()
    }
}

/// The README's programs, as they stand there. They use the default endpoints, so one at a time.
@Suite(.enabled("needs python3-zmq") { hasPyZMQ() }, .serialized, .blocking)
struct ReadmeTests {
    private func pythonBlocks() throws -> [String] {
        try Repository.text("README.md").components(separatedBy: "```python\n").dropFirst()
            .map { $0.components(separatedBy: "```")[0] }
    }

    @Test func theProgramsRunAsTheyStand() throws {
        let blocks = try pythonBlocks()
        try #require(blocks.count == 2)
        let daemon = try SluiceProcess(["serve"])
        try daemon.waitForErrors(containing: "] serving")
        let subscriber = try SluiceProcess(
            ["-u", "-c", blocks[1]], executable: SluiceProcess.python)
        // Nobody tells when the subscriber has subscribed, so the publisher runs until it is heard.
        let deadline = ContinuousClock.now + patience
        repeat {
            try #require(ContinuousClock.now < deadline, "\(subscriber.errorsSoFar)")
            let publisher = try SluiceProcess.run(
                ["-c", blocks[0]], executable: SluiceProcess.python)
            #expect(publisher.status == 0, "\(publisher.errors)")
        } while !subscriber.hasOutput(within: .seconds(1)) { $0.contains("message [") }
        let lines = subscriber.outputSoFar.split(separator: "\n").filter {
            $0.contains(" message [")
        }
        for line in lines { #expect(line.hasPrefix("reviews message [")) }
        subscriber.signal(SIGTERM)
        daemon.signal(SIGTERM)
        #expect(try daemon.finish().status == 0)
    }

    /// Without arguments, `serve`, `pub` and `sub` find each other.
    @Test func theCommandsMeetOnTheDefaultEndpoints() throws {
        let daemon = try SluiceProcess(["serve"])
        try daemon.waitForErrors(containing: "] serving")
        let sub = try SluiceProcess(["sub", "--until-ended", "1"])
        let text = "What a wonderful film this is."
        repeat {
            let pub = try SluiceProcess.run(["pub", "--end"], input: text)
            #expect(pub.status == 0, "\(pub.errors)")
        } while !sub.hasOutput(within: .seconds(1)) { $0.contains(#""change":"ended""#) }
        #expect(try sub.finish().status == 0)
        daemon.signal(SIGINT)
        #expect(try daemon.finish().status == 0)
    }
}
