import Foundation
import Testing
import ZeroMQ

/// What cannot be accepted is told and counted, and touches nobody else.
@Suite(.blocking) struct BadInputTests {
    /// A bad message, and the error event that it gives.
    private struct Case {
        let frames: [[UInt8]]
        let topic: String
        let code: String
        let expectation: String

        init(_ frames: [[UInt8]], _ topic: String, _ code: String, _ expectation: String) {
            (self.frames, self.topic, self.code) = (frames, topic, code)
            self.expectation = expectation
        }
    }

    private static let cases: [Case] = {
        func header(_ json: String, text: String = "text") -> [[UInt8]] {
            [bytes("bad"), bytes(text), bytes(json)]
        }
        let id = "1 to 200 bytes of UTF-8 without control characters"
        let keys = #""op" (text, end, reset or flush)"#
        return [
            Case([[]], "error/default", "empty_message", "expected at least a byte"),
            Case([bytes("bad"), []], "error/bad", "empty_message", "expected at least a byte"),
            Case(
                [bytes("a"), bytes("b"), bytes("{}"), bytes("c")], "error/", "frame_count",
                "stream id, text and optionally a header"),
            Case(
                Array(repeating: bytes("x"), count: 1000), "error/", "frame_count", "1000 frames"),
            Case([[], bytes("text")], "error/", "stream_id", id),
            Case([Array(repeating: 0x61, count: 201), bytes("text")], "error/", "stream_id", id),
            Case([bytes("a\nb"), bytes("text")], "error/", "stream_id", id),
            Case([[0x61, 0xFF], bytes("text")], "error/", "stream_id", id),
            Case(header("no json"), "error/bad", "header", keys),
            Case(header("[]"), "error/bad", "header", keys),
            Case(header(#"{"op":"stop"}"#), "error/bad", "header", keys),
            Case(header(#"{"op":1}"#), "error/bad", "header", keys),
            Case(header(#"{"more":"yes"}"#), "error/bad", "header", keys),
            Case(header(#"{"seq":-1}"#), "error/bad", "header", keys),
            Case(header(#"{"tme":1}"#), "error/bad", "header", keys),
            Case(header(#"{"op":"end"}"#), "error/bad", "header", "expected an empty text frame"),
            Case(
                [bytes("bad"), Array(repeating: 0x61, count: 1001)], "error/bad", "text_too_large",
                "at most 1000"),
            Case(
                header(#"{"op":"flush"}"#, text: ""), "error/bad", "no_such_stream",
                "expected one that has had text"),
            Case([bytes("full"), bytes("text")], "error/full", "too_many_streams", "limit of 1"),
        ]
    }()

    private static let keys = """
        limits.max_text_bytes = 1000
        log.level = "info"
        [engine]
        threads = 1
        max_streams = 1
        """

    private func good(_ index: Int) -> String { "piece \(index) of a text;" }

    /// Sends a text in pieces, with something between them; gives what is said of its stream.
    private func readGood(
        _ pusher: borrowing Socket, _ puller: borrowing Socket, between: (Int) throws -> Void
    ) throws -> [PublishedEvent] {
        for index in Self.cases.indices {
            let more = index.isMultiple(of: 3)
            try pusher.send("good", good(index), more ? #"{"more":true}"# : "{}")
            try between(index)
        }
        try pusher.send("good", "", #"{"op":"end"}"#)
        return try puller.receiveEvents { $0.isEnd }
    }

    @Test func eachIsToldAndCountedAndTouchesNobodyElse() throws {
        // Without a store: with one, a stream waits until another can be evicted.
        let daemon = try ServedDaemon(keys: Self.keys, journal: "durability = \"off\"")
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        let puller = try peers.puller(daemon)
        let undisturbed = try readGood(pusher, puller) { _ in }
        #expect(undisturbed.allSatisfy { $0.topic.hasSuffix("/good") })
        let disturbed = try readGood(pusher, puller) { index in
            try pusher.send(frames: Self.cases[index].frames)
        }
        #expect(disturbed.filter { $0.topic.hasSuffix("/good") } == undisturbed)
        let errors = disturbed.filter { !$0.topic.hasSuffix("/good") }
        try check(errors, endpoint: daemon.endpoint(.in).text)
        let stopped = try daemon.stop().logged("stopped")
        let counts = Dictionary(grouping: Self.cases, by: \.code).mapValues { "\($0.count)" }
        for (code, count) in counts { #expect(stopped["refused.\(code)"] == count, "\(code)") }
        let codes = stopped.keys.filter { $0.hasPrefix("refused.") }
        #expect(codes.count == counts.count)
    }

    /// In the order in which they were sent: there is one thread.
    private func check(_ errors: [PublishedEvent], endpoint: String) throws {
        #expect(errors.map(\.topic) == Self.cases.map(\.topic))
        for (error, expected) in zip(errors, Self.cases) {
            let body = try json(error.body)
            #expect(body["code"] as? String == expected.code)
            #expect(body["endpoint"] as? String == endpoint)
            #expect("error/\(body["stream"] as? String ?? "")" == error.topic)
            let reason = try #require(body["reason"] as? String)
            #expect(reason.contains(expected.expectation), "\(reason)")
        }
        // What no stream could be named for is numbered too, so that a gap is seen.
        let unnamed = errors.filter { $0.topic == "error/" }
        #expect(unnamed.map(\.sequence) == unnamed.indices.map { UInt64($0) })
    }

    /// Text that is not UTF-8 is read and told.
    @Test func textThatIsNotUTF8IsReadAndTold() throws {
        let daemon = try ServedDaemon()
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        let puller = try peers.puller(daemon)
        try pusher.send(frames: [bytes("s"), [0x61, 0xFF, 0x62]])
        try pusher.send("s", "", #"{"op":"end"}"#)
        let events = try puller.receiveEvents { $0.isEnd }
        let errors = events.filter { $0.topic == "error/s" }
        #expect(errors.count == 1)
        #expect(errors[0].has(#""code":"not_utf8""#))
        #expect(errors[0].has("1 bytes of the text are not UTF-8"))
        #expect(errors[0].has(#""endpoint":"\#(try daemon.endpoint(.in).text)""#))
        #expect(events.filter { $0.topic == "next/s" }.count == 3)
        #expect(try daemon.stop().logged("stopped")["refused.not_utf8"] == "1")
    }

    /// A frame over the socket's limit costs its sender the connection, and nobody else anything.
    @Test func aFrameOverTheSocketsLimitIsNotLetIn() throws {
        let daemon = try ServedDaemon(
            [],
            keys: """
                [[input]]
                type = "pull"
                bind = ["tcp://127.0.0.1:*"]
                socket.max_message_size = 1000
                [[output]]
                type = "push"
                bind = ["tcp://127.0.0.1:*"]
                """)
        let endpoints = try daemon.servedEndpoints()
        let peers = try Peers()
        let bad = try peers.connect(.push, endpoints.inputs[0])
        let good = try peers.connect(.push, endpoints.inputs[0])
        let puller = try peers.connect(.pull, endpoints.outputs[0])
        try bad.send("bad", String(repeating: "x", count: 1001))
        try good.send("good", String(repeating: "x", count: 900))
        let events = try puller.receiveEvents { $0.isMessageEnd }
        #expect(events.filter { $0.topic == "next/good" }.count == 900)
        // The other one may come again. What it sends before it is let in may be lost.
        repeat { try bad.send("bad", "better") } while try !puller.hasEvent(.milliseconds(50))
        #expect(try puller.receiveEvent().topic == "next/bad")
        try daemon.stop()
    }
}

extension ServedDaemon {
    /// Where it says that it listens, wildcards filled in.
    func servedEndpoints() throws -> (inputs: [Endpoint], outputs: [Endpoint]) {
        let line = try #require(
            process.errorsSoFar.split(separator: "\n").first { $0.hasSuffix("] serving") })
        func endpoints(_ key: String) throws -> [Endpoint] {
            let value = try #require(line.components(separatedBy: " \(key)=").last)
            return try value.split(separator: " ").prefix { $0.contains("://") }.map {
                try Endpoint(String($0))
            }
        }
        return (try endpoints("in"), try endpoints("out"))
    }
}
