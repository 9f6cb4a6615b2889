import Foundation
import TestSupport
import Testing
import ZeroMQ

/// Whatever comes: the daemon serves on, and its memory does not grow.
@Suite(.blocking) struct FuzzTests {
    private static let count = 100_000

    /// With a store, SQLite's pages and the names of streams may take up to 24 MB once, whatever
    /// comes; without one, a leak of 100 bytes in a message would be 7.5 MB.
    @Test(arguments: [("off", 4 << 20), ("commit", 24 << 20)])
    func aHundredThousandMessagesOfAnyKind(durability: String, allowed: Int) throws {
        // Streams and queues are bounded, else each new one would rightly take memory.
        let daemon = try ServedDaemon(
            [.in, .out],
            keys: """
                limits.max_text_bytes = 64
                limits.reader_bytes = 1048576
                engine.max_streams = 64
                engine.queue_bytes = 65536

                """, journal: "durability = \"\(durability)\"", slowReader: "drop")
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        // Hears of some errors and reads none of it, so that events are made and dropped, too.
        let deaf = try peers.connect(.sub, try daemon.endpoint(.out), highWaterMark: 10)
        try deaf.subscribe("error/s")
        let listener = try peers.connect(.sub, try daemon.endpoint(.out))
        for kind in ["next", "sentiment", "stream", "error"] {
            try listener.subscribe("\(kind)/good")
        }
        repeat {
            try pusher.send("good!", "", #"{"op":"flush"}"#)
        } while try !listener.hasEvent(.milliseconds(50))

        var fuzzer = Fuzzer(seed: 1)
        _ = try goodEvents(pusher, listener)
        let before = try goodEvents(pusher, listener)
        #expect(before.count == 11 + 12 + 1)
        for _ in 0..<Self.count / 4 { try pusher.send(frames: fuzzer.next()) }
        #expect(try goodEvents(pusher, listener) == before)
        let warm = try residentBytes(daemon)
        for _ in 0..<Self.count * 3 / 4 { try pusher.send(frames: fuzzer.next()) }
        #expect(try goodEvents(pusher, listener) == before)
        let grown = try residentBytes(daemon) - warm
        #expect(grown < allowed, "grew by \(grown) bytes")

        // A stop would wait for it.
        _ = consume deaf
        let stopped = try daemon.stop().logged("stopped")
        for code in ["frame_count", "stream_id", "header", "text_too_large", "empty_message"] {
            #expect(stopped["refused.\(code)"] != nil, "\(code)")
        }
        let refused = stopped.filter { $0.key.hasPrefix("refused.") }.compactMap { Int($0.value) }
        #expect(refused.reduce(0, +) > Self.count / 4)
    }

    /// What is said of a text between all the rest: but for the epoch, the same every time. That the
    /// stream was moved to the store in between, for want of room, is left out.
    private func goodEvents(
        _ pusher: borrowing Socket, _ listener: borrowing Socket
    ) throws -> [String] {
        try pusher.send("good", "a good text")
        try pusher.send("good", "", #"{"op":"reset"}"#)
        let events = try listener.receiveEvents { $0.has(#""change":"reset""#) }
        let isMove = try Regex("\"change\":\"(evicted|resumed)\"")
        return try events.filter {
            $0.topic.hasSuffix("/good") && !$0.body.contains(isMove)
        }.map {
            $0.topic + $0.body.replacing(try Regex("\"epoch\":[0-9]+"), with: "")
        }
    }

    private func residentBytes(_ daemon: ServedDaemon) throws -> Int {
        let statm = try String(
            contentsOfFile: "/proc/\(daemon.process.pid)/statm", encoding: .utf8)
        let pages = try #require(statm.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

/// Messages of random frames, and of frames that are almost right. It never names the stream `good`.
private struct Fuzzer {
    private var random: SeededRandom
    /// Random frames are cut from here, which is quicker than making each.
    private let noise: [UInt8]

    private static let ids = (["s", "t", "ü", ""] + (0..<40).map { "stream-\($0)" }).map(bytes)
    private static let texts = ["a", "b c", "字", "\n", ""].map(bytes)
    private static let headers = [
        "{}", #"{"op":"end"}"#, #"{"op":"reset"}"#, #"{"op":"flush"}"#, #"{"op":"text"}"#,
        #"{"more":true}"#, #"{"more":false}"#, #"{"seq":17,"time":1.5,"more":true}"#,
    ].map(bytes)

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        noise = random.bytes(1 << 16)
    }

    mutating func next() -> [[UInt8]] {
        let choice = random.next()
        switch choice % 8 {
        case 0: return (0...Int((choice >> 8) % 6)).map { _ in cut(atMost: 32) }
        case 1: return [cut(atMost: 300), text()]
        case 2: return [id(), cut(atMost: (choice >> 8) % 16 == 0 ? 80 : 6)]
        case 3: return [id(), text(), cut(atMost: 32)]
        case 4: return [id(), text(), mutated(header())]
        case 5: return [mutated(id()), text(), header()]
        default: return [id(), text(), header()]
        }
    }

    private mutating func id() -> [UInt8] { pick(Self.ids) }
    private mutating func text() -> [UInt8] { pick(Self.texts) }
    private mutating func header() -> [UInt8] { pick(Self.headers) }

    private mutating func pick(_ choices: [[UInt8]]) -> [UInt8] {
        choices[Int(random.next() % UInt64(choices.count))]
    }

    private mutating func cut(atMost limit: UInt64) -> [UInt8] {
        let (start, length) = (Int(random.next() & 0x7FFF), Int(random.next() % (limit + 1)))
        return Array(noise[start..<start + length])
    }

    /// A byte changed, taken out or put in.
    private mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        let choice = random.next()
        let place = Int((choice >> 16) % UInt64(bytes.count + 1))
        switch choice % 3 {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8((choice >> 8) % 8)
        case 1 where place < bytes.count: bytes.remove(at: place)
        default: bytes.insert(UInt8(truncatingIfNeeded: choice >> 8), at: place)
        }
        return bytes
    }
}
