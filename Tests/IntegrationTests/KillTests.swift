import Engine
import Foundation
import Journal
import Replay
import Storage
import TestSupport
import Testing
import Wire
import ZeroMQ

/// The daemon is killed at random moments while publishers that wait for answers feed it.
///
/// `SLUICE_KILLS` asks for another number of kills than 100.
@Suite(.blocking) struct KillTests {
    private static let kills =
        ProcessInfo.processInfo.environment["SLUICE_KILLS"].flatMap(Int.init) ?? 100
    private static let journal = """
        checkpoint_every = "50ms"
        checkpoint_tokens = 200
        \(patience)
        """
    /// A stop is to read all that was accepted, however busy the machine is.
    private static let patience = """
        [shutdown]
        timeout = "5m"
        [log]
        level = "debug"

        """

    @Test func nothingIsLostAtAHundredKills() throws {
        let folder = try TemporaryFolder()
        var random = SeededRandom(seed: 17)
        var publishers = (0..<4).map { Publisher($0, messages: 12 * Self.kills, &random) }
        var told = Told()
        for _ in 0..<Self.kills {
            let threads = Int.random(in: 1...2, using: &random)
            let moment = Moment.allCases.randomElement(using: &random)!
            let daemon = try ServedDaemon(
                [.router, .all], keys: "engine.threads = \(threads)\n", journal: Self.journal,
                folder: folder, isAwaited: moment != .starting)
            if moment != .starting {
                try run(daemon, &publishers, &told, for: Int.random(in: 0...60, using: &random))
            } else {
                // It writes no output, so this is just a random time.
                let time = Duration.milliseconds(Int.random(in: 0...200, using: &random))
                _ = daemon.process.hasOutput(within: time) { _ in false }
            }
            daemon.process.signal(SIGKILL)
            #expect(try daemon.process.finish().status == -SIGKILL)
        }
        let daemon = try ServedDaemon([.router, .all], journal: Self.journal, folder: folder)
        try run(daemon, &publishers, &told, for: .max)
        try expectAsInPeace(publishers, told, store: daemon.store)
    }

    /// While the store is opened and read again, or while text comes in.
    private enum Moment: CaseIterable { case starting, serving, alsoServing }

    /// Sends and receives until so many answers have come, or all have.
    private func run(
        _ daemon: ServedDaemon, _ publishers: inout [Publisher], _ told: inout Told,
        for answers: Int
    ) throws {
        let peers = try Peers()
        let puller = try peers.puller(daemon)
        let dealer = try peers.connect(.dealer, try daemon.endpoint(.router))
        for index in publishers.indices { publishers[index].beginAgain() }
        var poller = Poller()
        poller.add(puller)
        poller.add(dealer)
        var left = answers
        while left > 0, publishers.contains(where: { !$0.isDone }) {
            for index in publishers.indices {
                while let message = publishers[index].next() {
                    try #require(try dealer.send(message) == .sent)
                }
            }
            try poller.wait()
            while let event = try puller.nextEvent() { told.add(event) }
            while let answer = try dealer.nextAnswer() {
                left -= 1
                let publisher = try #require(
                    publishers.firstIndex { $0.stream == answer.stream.text })
                publishers[publisher].note(answer)
            }
        }
        guard answers == .max else { return }
        // What a stop comes before is left for the next start.
        try daemon.process.waitForErrors(containing: "] all streams are recovered")
        try daemon.stop()
        try puller.setReceiveTimeout(.milliseconds(200))
        while let event = try puller.nextEvent(wait: true) { told.add(event) }
    }

    /// A daemon that lived in peace, with other threads and kernels, says and keeps the same.
    private func expectAsInPeace(
        _ publishers: [Publisher], _ told: Told, store: String
    ) throws {
        let daemon = try ServedDaemon(
            [.in, .all], keys: "engine.kernel_tier = \"portable\"\n", journal: Self.patience)
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        let puller = try peers.puller(daemon)
        var peace = Told()
        for publisher in publishers {
            for message in publisher.messages { try pusher.send(frames: message) }
        }
        // What is still on its way to a daemon that stops is read by none, so it stops once it has
        // told the last of everything.
        while !peace.hasReached(told), let event = try puller.nextEvent(wait: true) {
            peace.add(event)
        }
        try daemon.stop()
        try puller.setReceiveTimeout(.milliseconds(200))
        while let event = try puller.nextEvent(wait: true) { peace.add(event) }
        #expect(told.conflicts == [])
        #expect(told.count > 100)
        let others = try told.others(than: peace)
        #expect(others.isEmpty, "\(others.count): \(others.sorted().prefix(3))")
        for publisher in publishers {
            let (war, calm) = (
                try Kept(publisher.stream, store), try Kept(publisher.stream, daemon.store)
            )
            #expect(war.numbers == Array(0..<UInt64(publisher.messages.count)))
            #expect(war.state == calm.state)
            #expect(war.state.incarnationTokens > 0)
        }
    }
}

/// What a store has of a stream.
private struct Kept {
    let numbers: [UInt64]
    let state: StreamSnapshot.State

    init(_ stream: String, _ path: String) throws {
        let reader = try JournalReader(path: path)
        let latest = try #require(try reader.latestIncarnation(of: StreamID(stream)))
        #expect(latest.incarnation.number == 0)
        numbers = try reader.requests(of: latest.incarnation.key).compactMap(\.producerSequence)
        let checkpoint = try #require(try reader.latestCheckpoint(of: latest.incarnation.key))
        #expect(checkpoint.sequence == latest.nextSequence)
        state = try reader.snapshot(of: checkpoint).state
    }
}

/// Sends numbered messages of one stream, and again those that have had no answer.
private struct Publisher {
    let stream: String
    let messages: [[[UInt8]]]
    private var answered = 0
    private var sent = 0
    private static let window = 16

    init(_ index: Int, messages count: Int, _ random: inout SeededRandom) {
        let stream = "stream-\(index)"
        self.stream = stream
        messages = (0..<count).map { number in
            let text =
                number == 0 ? bytes("a") : random.text(Int.random(in: 0...30, using: &random))
            let header =
                text.isEmpty
                ? #"{"op":"\#(number.isMultiple(of: 5) ? "reset" : "flush")","seq":\#(number)}"#
                : #"{"more":\#(Bool.random(using: &random)),"seq":\#(number)}"#
            return [bytes(stream), text, bytes(header)]
        }
    }

    var isDone: Bool { answered == messages.count }

    mutating func beginAgain() { sent = answered }

    mutating func next() -> [[UInt8]]? {
        guard sent < messages.count, sent - answered < Self.window else { return nil }
        defer { sent += 1 }
        return messages[sent]
    }

    mutating func note(_ answer: (stream: StreamID, number: Int)) {
        answered = max(answered, answer.number + 1)
    }
}

/// Events by topic and number: one that is told again must be the same.
private struct Told {
    private var events: [String: [UInt64: String]] = [:]
    private var last: [String: UInt64] = [:]
    private(set) var conflicts: [String] = []
    var count: Int { events.values.reduce(0) { $0 + $1.count } }

    mutating func add(_ event: PublishedEvent) {
        let before = events[event.topic]?[event.sequence]
        if let before, before != event.body {
            conflicts.append("\(event.topic) \(event.sequence): \(before), then \(event.body)")
        }
        events[event.topic, default: [:]][event.sequence] = event.body
        last[event.topic] = max(last[event.topic, default: 0], event.sequence)
    }

    /// Whether it has the last event of each topic that `other` has, or one behind it.
    func hasReached(_ other: Told) -> Bool {
        other.last.allSatisfy { topic, sequence in last[topic].map { $0 >= sequence } ?? false }
    }

    /// What is said otherwise in peace, but for where it came in.
    func others(than peace: Told) throws -> [String] {
        let endpoint = try Regex(#","endpoint":"[^"]*""#)
        return events.flatMap { topic, told in
            told.filter {
                peace.events[topic]?[$0.key]?.replacing(endpoint, with: "")
                    != $0.value.replacing(endpoint, with: "")
            }.map {
                "\(topic) \($0.key): \($0.value), and in peace \(peace.events[topic]?[$0.key] ?? "")"
            }
        }
    }
}

extension Socket {
    /// The event that is there, or comes in time.
    fileprivate func nextEvent(wait: Bool = false) throws -> PublishedEvent? {
        var message = Multipart(frameLimit: 4)
        let isThere =
            wait ? try receive(into: &message) : try receive(into: &message, wait: .never)
        guard isThere else { return nil }
        return try PublishedEvent(frames: message.copyFrames())
    }

    /// The answer that is there: an acceptance, be it of what was accepted before.
    fileprivate func nextAnswer() throws -> (stream: StreamID, number: Int)? {
        var message = Multipart(frameLimit: 4)
        guard try receive(into: &message, wait: .never) else { return nil }
        let frames = message.copyFrames()
        try #require(frames.count == 2)
        let body = try json(String(decoding: frames[1], as: UTF8.self))
        let ack = try #require(body["ack"] as? String)
        #expect(ack == "accepted" || ack == "duplicate", "\(body)")
        return (try StreamID(utf8: frames[0]), try #require(body["seq"] as? Int))
    }
}
