import Glibc
import Testing
import ZeroMQ

/// A stream that has much to read does not hold up the others; the shipped model.
@Suite(.blocking) struct ShippedModelTests {
    @Test func aWordOfAMegabyteHoldsUpNobody() throws {
        let daemon = try ServedDaemon(model: nil, keys: "engine.threads = 1\n")
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        let puller = try peers.puller(daemon)
        try pusher.send("long", String(repeating: "supercalifragilistic", count: 50_000))
        _ = try puller.receiveEvents { $0.topic == "next/long" }
        for number in 0..<100 {
            try pusher.send("short-\(number)", "A short text.")
            try pusher.send("short-\(number)", "", #"{"op":"end"}"#)
        }
        var waiting = Set((0..<100).map { "stream/short-\($0)" })
        let events = try puller.receiveEvents {
            if $0.isEnd { waiting.remove($0.topic) }
            return waiting.isEmpty
        }
        // The long one was going on all the while, and was not done.
        let long = events.filter { $0.topic.hasSuffix("/long") }
        #expect(long.contains { $0.topic == "next/long" })
        #expect(!long.contains { $0.isMessageEnd })
        daemon.process.signal(SIGKILL)
    }

    /// Each way of cutting a text in two gives what the whole gives, token for token.
    @Test func everyCutOfATextGivesTheSameEvents() throws {
        let daemon = try ServedDaemon(model: nil)
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        let puller = try peers.puller(daemon)
        let text = bytes("Größe 👍🏽 don't\r\n  stop, 字e\u{301}!")
        for cut in text.indices {
            let stream = "cut-\(cut)"
            let (first, second) = (Array(text[..<cut]), Array(text[cut...]))
            let more = bytes(#"{"more":true}"#)
            if cut > 0 { try pusher.send(frames: [bytes(stream), first, more]) }
            try pusher.send(frames: [bytes(stream), second])
            try pusher.send(stream, "", #"{"op":"end"}"#)
        }
        var ended = 0
        let events = try puller.receiveEvents {
            ended += $0.isEnd ? 1 : 0
            return ended == text.count
        }
        let streams = text.indices.map { cut in
            events.filter { $0.topic.hasSuffix("/cut-\(cut)") }.map {
                $0.line.replacing("cut-\(cut)", with: "whole")
            }
        }
        #expect(streams[0].count > 20)
        for stream in streams { #expect(stream == streams[0]) }
        let score = try SluiceProcess.run(
            ["score", "--stream", "whole"], input: String(decoding: text, as: UTF8.self))
        #expect(streams[0] == score.lines)
        try daemon.stop()
    }
}
