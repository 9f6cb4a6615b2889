import Client
import Foundation
import Testing
import Wire
import ZeroMQ

/// What `sluice sub` does about events that it missed, beside an output that sends only some.
@Suite(.timeLimit(.minutes(1))) struct EventRecoveryTests {
    private struct Peer: ~Copyable {
        let daemon: PublishingDaemon
        let output: RecordedOutput
        let interruption: Interruption
        private let session: Subscribing
        private let socket: Socket

        init(_ lives: [PublishingDaemon.Life], history: Bool = false) throws {
            let daemon = try PublishingDaemon(lives)
            let endpoint = try Endpoint("ipc:///tmp/sluice-test-\(UUID().uuidString)")
            let socket = try Socket(.xpub, in: Context())
            try socket.bind(endpoint)
            let interruption = try Interruption()
            var options = SubscriberOptions(endpoint: endpoint)
            options.kinds = [.next]
            options.backfill = BackfillOptions(control: daemon.control)
            options.backfill?.wantsHistory = history
            let output = RecordedOutput()
            let session = Subscribing(options, output, interruption)
            var message = Multipart(frameLimit: 1)
            try socket.setReceiveTimeout(.seconds(20))
            let isSubscribed = try socket.receive(into: &message)
            #expect(isSubscribed)
            (self.daemon, self.output, self.interruption) = (daemon, output, interruption)
            self.session = session
            self.socket = socket
        }

        /// Sends these events of an incarnation, and waits until the last has come.
        func send(_ life: PublishingDaemon.Life, _ numbers: [Int]) throws {
            try post(life, numbers)
            let last = numbers.last ?? 0
            output.wait(for: "next s \(last) \(life.bodies[last])")
        }

        func post(_ life: PublishingDaemon.Life, _ numbers: [Int]) throws {
            for number in numbers {
                let bytes = [UInt8(number), 0, 0, 0, 0, 0, 0, 0]
                let frames = [Array("next/s".utf8), Array(life.bodies[number].utf8), bytes]
                #expect(try socket.send(frames) == .sent)
            }
        }

        /// What was shown, and what was said, once the subscriber has been interrupted.
        consuming func finish() throws -> (events: [String], notes: [String]) {
            interruption.request()
            _ = try session.count()
            daemon.stop()
            let lines = output.lines.filter { $0 != "finish" }
            return (
                lines.filter { !$0.hasPrefix("note") },
                lines.filter { $0.hasPrefix("note missed") || $0.contains("recovered") }
            )
        }
    }

    private func life(_ name: String, _ count: Int, ended: Bool = false) -> PublishingDaemon.Life {
        .init(bodies: (0..<count).map { "{\"\(name)\":\($0)}" }, ended: ended)
    }

    private func lines(
        _ life: PublishingDaemon.Life, _ numbers: some Sequence<Int>
    ) -> [String] {
        numbers.map { "next s \($0) \(life.bodies[$0])" }
    }

    @Test func aGapIsFilledInItsPlace() throws {
        let life = life("a", 8)
        let peer = try Peer([life])
        try peer.send(life, [0, 1, 6, 7])
        let (events, notes) = try peer.finish()
        #expect(events == lines(life, 0..<8))
        #expect(notes == [])
    }

    @Test func whatIsMissingAtTheEndIsAskedFor() throws {
        let life = life("a", 9, ended: true)
        let peer = try Peer([life])
        try peer.send(life, [2, 3])
        let (events, notes) = try peer.finish()
        #expect(events == lines(life, 2..<9))
        #expect(notes == [])
    }

    @Test func historyComesFirst() throws {
        let life = life("a", 5)
        let peer = try Peer([life], history: true)
        peer.output.wait(for: lines(life, [4])[0])
        let (events, _) = try peer.finish()
        #expect(events == lines(life, 0..<5))
    }

    /// The numbers go on as if nothing were missing.
    @Test func anotherIncarnationIsFoundThatNoNumberShows() throws {
        let (first, second) = (life("a", 9, ended: true), life("b", 7))
        let peer = try Peer([first])
        try peer.send(first, [0, 1, 2, 3, 4])
        peer.daemon.change { $0.lives.append(second) }
        try peer.send(second, [5])
        let (events, notes) = try peer.finish()
        #expect(Set(events) == Set(lines(first, 0..<9) + lines(second, 0..<7)))
        #expect(events.count == 16)
        #expect(notes == [])
    }

    @Test func aNewIncarnationIsToldByItsNumbers() throws {
        let (first, second) = (life("a", 9, ended: true), life("b", 7))
        let peer = try Peer([first])
        try peer.send(first, [0, 1, 2, 3, 4, 5])
        peer.daemon.change { $0.lives.append(second) }
        try peer.send(second, [3, 4])
        let (events, notes) = try peer.finish()
        #expect(events == lines(first, 0..<9) + lines(second, 0..<7))
        #expect(notes == [])
    }

    /// By their numbers, events of the one incarnation would follow those of the next one.
    @Test func eventsThatComeAfterTheyWereRecoveredAreNotTakenForOthers() throws {
        let (first, second) = (life("a", 9, ended: true), life("b", 9))
        let peer = try Peer([first])
        try peer.send(first, [0, 1, 2])
        peer.daemon.change { $0.lives.append(.init(bodies: Array(second.bodies.prefix(7)))) }
        try peer.post(first, [3])
        peer.output.wait(for: lines(second, [6])[0])
        peer.daemon.change { $0.lives[1] = second }
        try peer.post(first, Array(4..<9))
        try peer.post(second, Array(0..<9))
        let (events, notes) = try peer.finish()
        #expect(events == lines(first, 0..<9) + lines(second, 0..<9))
        #expect(notes == [])
    }

    @Test func whatIsNotKeptIsTold() throws {
        let life = life("a", 8)
        let peer = try Peer([life])
        try peer.send(life, [0])
        peer.daemon.change { $0.lives[0].first = 4 }
        try peer.send(life, [6, 7])
        let (events, notes) = try peer.finish()
        #expect(events == lines(life, [0, 4, 5, 6, 7]))
        #expect(notes == ["note missed 3 events of next/s; first is 4"])
    }

    @Test func whatCannotBeComputedIsToldOnce() throws {
        let life = life("a", 8)
        let peer = try Peer([life])
        try peer.send(life, [0])
        peer.daemon.change { $0.refusal = .init(Refusal.Code.damaged.rawValue, "damaged") }
        try peer.send(life, [4, 5, 6, 7])
        let (events, notes) = try peer.finish()
        #expect(events == lines(life, [0, 4, 5, 6, 7]))
        #expect(notes == ["note missed 3 events of next/s; damaged"])
    }

    @Test func whatCouldNotBeAskedForIsAskedForLater() throws {
        let life = life("a", 8)
        let peer = try Peer([life])
        try peer.send(life, [0])
        peer.daemon.change { $0.refusal = .init(ControlRefusal.Code.store, "no store") }
        try peer.send(life, [4, 5])
        peer.daemon.change { $0.refusal = nil }
        let (events, notes) = try peer.finish()
        #expect(events == lines(life, [0, 4, 5, 1, 2, 3, 6, 7]))
        #expect(notes.count == 2)
        #expect(notes.first == "note missed 3 events of next/s")
        #expect(notes.last?.contains("cannot be recovered now") == true)
    }

    /// Another daemon's events would be wrong.
    @Test func anotherDaemonIsNotAsked() throws {
        let (own, other) = (life("own", 8), life("other", 8))
        let peer = try Peer([other])
        try peer.send(own, [0, 1, 5])
        let (events, notes) = try peer.finish()
        #expect(events == lines(own, [0, 1, 5]))
        #expect(notes.first == "note missed 3 events of next/s")
        #expect(notes.dropFirst().allSatisfy { $0.contains("are not those of output 0") })
    }
}
