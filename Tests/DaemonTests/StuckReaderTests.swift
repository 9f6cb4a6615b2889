import Daemon
import TestSupport
import Testing
import ZeroMQ

/// A subscriber that never reads, beside one that does: under each policy the other gets everything,
/// and the engine goes on.
@Suite(.timeLimit(.minutes(1))) struct StuckReaderTests {
    private let folder: TemporaryFolder
    private let context: Context

    init() throws {
        folder = try TemporaryFolder()
        context = try Context()
    }

    /// More than all buffers on the way to the stuck subscriber hold, which hold so much that one
    /// that reads does not fill it on a busy machine.
    private let text = String(repeating: "All work and no play. ", count: 400)

    private func daemon(
        _ policy: Configuration.Output.SlowReader,
        _ change: (inout Configuration.Output) -> Void
    ) throws -> RunningDaemon {
        var output = Configuration.Output.of(
            .xpub, [try Endpoint("ipc://\(folder.path)/out")], slowReader: policy)
        output.socket.linger = .zero
        change(&output)
        var configuration = Configuration.of(
            [.of(.pull, [try Endpoint("ipc://\(folder.path)/in")])], [output])
        configuration.journal.durability = .off
        // A stop gives the stuck one that long to read what waits for it.
        configuration.shutdown.timeout = .seconds(1)
        return try RunningDaemon(configuration, model: try TestModel.make())
    }

    private func peer(_ kind: SocketKind, _ endpoint: Endpoint) throws -> Socket {
        let socket = try Socket(kind, in: context, options: .test())
        try socket.connect(endpoint)
        return socket
    }

    /// Subscribes to everything, and reads nothing from then on.
    private func stuckPeer(_ endpoint: Endpoint) throws -> RawPeer {
        let peer = try RawPeer(endpoint.text)
        peer.send(ZMTP.greeting(.libzmq43) + ZMTP.ready(socketType: "SUB"))
        let greeting = peer.receive(66)
        try #require(greeting.count == 66)
        _ = peer.receive(Int(greeting[65]))
        peer.send([0, 1, 1])
        return peer
    }

    /// What a daemon has counted under this name.
    private func count(_ running: RunningDaemon, _ name: String) -> Int {
        running.daemon.statistics[name].flatMap { Int("\($0)") } ?? 0
    }

    /// Sends a text of which one subscriber reads all events, and another none.
    private func publish(
        _ running: RunningDaemon, _ check: (RunningDaemon) throws -> Void = { _ in }
    ) throws {
        let pusher = try peer(.push, running.daemon.inputEndpoints[0])
        let stuck = try stuckPeer(running.daemon.outputEndpoints[0])
        let healthy = try peer(.sub, running.daemon.outputEndpoints[0])
        try healthy.subscribe("")
        var message = Multipart(frameLimit: 3)
        try wait("an event for a subscriber") {
            try pusher.send("before", "x")
            return try healthy.receive(into: &message, wait: .never)
        }
        try pusher.send("s", text)
        try pusher.send("s", "", #"{"op":"end"}"#)
        var events: [Published] = []
        while events.last?.body.contains(#""change":"ended""#) != true {
            let event = try healthy.receiveEvent()
            if event.topic.hasSuffix("/s") { events.append(event) }
        }
        for (topic, all) in events.byTopic {
            #expect(all.last?.sequence == UInt64(all.count) - 1, "\(topic)")
        }
        #expect(events.count { $0.topic == "next/s" } == text.utf8.count)
        try check(running)
        withExtendedLifetime(stuck) {}
        running.stop()
    }

    private func wait(_ what: String, until isTrue: () throws -> Bool) throws {
        let deadline = ContinuousClock.now + patience
        while try !isTrue() {
            try #require(ContinuousClock.now < deadline, "\(what)")
            try context.pause()
        }
    }

    @Test func itIsDisconnectedForWhatWaits() throws {
        try publish(try daemon(.disconnect) { $0.readerBytes = 2 << 20 }) { running in
            try wait("it to be disconnected") { count(running, "disconnected") == 1 }
            #expect(count(running, "closed.slow") == 1)
            #expect(count(running, "lost_at_least") == 0)
        }
    }

    @Test func itMissesEvents() throws {
        try publish(try daemon(.drop) { $0.readerBytes = 2 << 20 }) { running in
            #expect(count(running, "disconnected") == 0)
            try wait("a missed event") { count(running, "lost_at_least") >= 1 }
        }
    }

    @Test func itIsDisconnectedForNotReading() throws {
        try publish(try daemon(.disconnect) { $0.readerTimeout = .seconds(2) }) { running in
            try wait("it to be disconnected") { count(running, "disconnected") == 1 }
            #expect(count(running, "lost_at_least") == 0)
        }
    }

    @Test func itIsWaitedForAsLongAsItMay() throws {
        let running = try daemon(.block) { output in
            output.blockTimeout = .milliseconds(300)
            output.readerBytes = 2 << 20
        }
        try publish(running) { running in
            #expect(count(running, "disconnected") == 1)
            #expect(count(running, "lost_at_least") == 0)
        }
    }

    @Test func itMissesEventsAfterThat() throws {
        let running = try daemon(.block) { output in
            output.blockTimeout = .milliseconds(300)
            output.blockThen = .drop
            output.readerBytes = 2 << 20
        }
        try publish(running) { running in
            #expect(count(running, "disconnected") == 0)
            try wait("a missed event") { count(running, "lost_at_least") >= 1 }
        }
    }
}

extension Context {
    /// Lets other threads work.
    fileprivate func pause() throws {
        let socket = try Socket(.pull, in: self)
        var poller = Poller()
        poller.add(socket)
        try poller.wait(timeout: .milliseconds(5))
    }
}
