import Daemon
import Engine
import Foundation
import Journal
import Logging
import Model
import Storage
import TestSupport
import Testing
import Wire
import ZeroMQ

/// What operators do to a running daemon, by its control socket.
@Suite struct OperationTests {
    private let folder: TemporaryFolder
    private let context: Context

    init() throws {
        folder = try TemporaryFolder()
        context = try Context()
    }

    private func daemon(_ name: String = "a", keeps: Bool = true) throws -> RunningDaemon {
        var configuration = Configuration.of(
            [.of(.router, [try Endpoint("ipc://\(folder.path)/\(name)-in")])],
            [.of(.push, [try Endpoint("ipc://\(folder.path)/\(name)-out")], slowReader: .drop)],
            threads: 2)
        configuration.control.bind = [try Endpoint("ipc://\(folder.path)/\(name)-control")]
        configuration.journal.durability = keeps ? .commit : .off
        configuration.journal.path = "\(folder.path)/\(name).sqlite"
        configuration.journal.checkpointEvery = .seconds(3600)
        return try RunningDaemon(
            configuration, model: try TestModel.make(TestModel.config(.gru, layers: 1, hidden: 8)))
    }

    private func peer(_ endpoint: Endpoint) throws -> Socket {
        let socket = try Socket(.dealer, in: context, options: .test())
        try socket.connect(endpoint)
        return socket
    }

    private func asker(_ running: RunningDaemon) throws -> Asker {
        Asker(socket: try peer(running.daemon.controlEndpoints[0]))
    }

    /// Returns once the daemon has accepted the text.
    private func send(_ dealer: borrowing Socket, _ stream: String, _ text: String) throws {
        try dealer.send(stream, text, #"{"more":true}"#)
        #expect(String(decoding: try dealer.receiveFrames()[1], as: UTF8.self).contains("accepted"))
    }

    /// Evicts the stream once it is idle.
    private func evict(_ asker: inout Asker, _ stream: String) throws {
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                _ = try asker.ask(.evict(StreamID(stream)), ChangedStream.self)
                return
            } catch let refusal as ControlRefusal where refusal.code == "busy" {
                try #require(ContinuousClock.now < deadline)
            }
        }
    }

    @Test func anEvictedStreamContinuesAsIfItHadStayed() throws {
        var reports: [StreamReport] = []
        for name in ["a", "b"] {
            let daemon = try daemon(name)
            var asker = try asker(daemon)
            let dealer = try peer(daemon.daemon.inputEndpoints[0])
            try send(dealer, "news", "one ")
            if name == "a" {
                try evict(&asker, "news")
                let list = try asker.ask(.list(ControlList()), StreamListing.self).streams
                #expect(list.map(\.residence) == [.evicted])
                // It is in the store already.
                try evict(&asker, "news")
                let counters = try asker.ask(.status, DaemonStatus.self).counters
                #expect(counters["evicted"] == 1 && counters["streams.stored"] == 1)
            }
            try send(dealer, "news", "two")
            reports.append(try asker.ask(.show(StreamID("news")), StreamReport.self))
            daemon.stop()
        }
        // The digest covers the numbers of the events, among which are the eviction and its end.
        #expect(reports[0].streamEvents == reports[1].streamEvents + 2)
        #expect(reports[0].norms == reports[1].norms)
        #expect(reports[0].lastToken == reports[1].lastToken)
        #expect(reports[0].heldBack == reports[1].heldBack)
        #expect(reports[0].sentiment == reports[1].sentiment)
    }

    @Test func aShorterTimeEvictsWhatIsIdleAlready() throws {
        let daemon = try daemon()
        var asker = try asker(daemon)
        try send(try peer(daemon.daemon.inputEndpoints[0]), "news", "one ")
        var wanted = daemon.daemon.configuration
        wanted.engine.evictAfter = .milliseconds(1)
        wanted.engine.idleFlush = .milliseconds(1)
        let report = try daemon.daemon.reload(wanted)
        #expect(report.applied == ["engine.idle_flush", "engine.evict_after"])
        let deadline = ContinuousClock.now + patience
        while try asker.ask(.status, DaemonStatus.self).counters["streams.stored"] != 1 {
            try #require(ContinuousClock.now < deadline)
        }
        daemon.stop()
        // The next start knows of it.
        let again = try self.daemon()
        var other = try self.asker(again)
        #expect(try other.ask(.status, DaemonStatus.self).counters["streams.stored"] == 1)
        again.stop()
    }

    @Test func whatCannotBeEvictedIsRefused() throws {
        let daemon = try daemon()
        var asker = try asker(daemon)
        #expect(try asker.refusal(.evict(StreamID("none"))).code == "no_such_stream")
        daemon.stop()
        let other = try self.daemon("b", keeps: false)
        var otherAsker = try self.asker(other)
        #expect(try otherAsker.refusal(.evict(StreamID("none"))).code == "store")
        #expect(try otherAsker.refusal(.checkpoint).code == "store")
        other.stop()
    }

    @Test func aCheckpointLeavesNothingToReadAgain() throws {
        let daemon = try daemon()
        var asker = try asker(daemon)
        let dealer = try peer(daemon.daemon.inputEndpoints[0])
        for index in 0..<20 { try send(dealer, "s\(index)", "some text") }
        let reader = try JournalStorage(path: "\(folder.path)/a.sqlite").makeReader()
        #expect(try reader.unfinishedStreams().count == 20)
        #expect(try asker.ask(.checkpoint, CheckpointReport.self).seconds >= 0)
        // The last of them are in the next commit.
        let deadline = ContinuousClock.now + patience
        while try !reader.unfinishedStreams().isEmpty, ContinuousClock.now < deadline {}
        #expect(try reader.unfinishedStreams().isEmpty)
        #expect(try asker.ask(.checkpoint, CheckpointReport.self).seconds >= 0)
        daemon.stop()
    }

    @Test func connectionsAreListedAndClosed() throws {
        let daemon = try daemon()
        var asker = try asker(daemon)
        let dealer = try peer(daemon.daemon.inputEndpoints[0])
        try send(dealer, "a", "some text")
        let list = try asker.ask(.connections, ConnectionList.self).connections
        #expect(list.map(\.endpoint).contains(daemon.daemon.controlEndpoints[0].text))
        let found = try #require(
            list.first { $0.endpoint == daemon.daemon.inputEndpoints[0].text })
        #expect(found.messages == 1 && !found.isHandshaking && found.waiting == 0)
        #expect(found.bytesIn > 9 && found.bytesOut > 9)
        #expect(abs(found.since - Date().timeIntervalSince1970) < patience.seconds)
        let kicked = try asker.ask(.kick(found.connection), KickedConnection.self)
        #expect(kicked.connection == found.connection)
        let refusal = try asker.refusal(.kick(found.connection))
        #expect(refusal.code == "no_such_connection")
        #expect("\(daemon.daemon.statistics["closed.kicked"] ?? "0")" == "1")
        // It connects again by itself.
        try send(dealer, "a", "more")
        let again = try asker.ask(.connections, ConnectionList.self).connections
        #expect(!again.map(\.connection).contains(found.connection))
        daemon.stop()
    }

    @Test func aDrainFinishesWhatWasAccepted() throws {
        let daemon = try daemon()
        var asker = try asker(daemon)
        let dealer = try peer(daemon.daemon.inputEndpoints[0])
        try send(dealer, "a", String(repeating: "some text ", count: 200))
        let report = try asker.ask(.drain, StopReport.self)
        #expect(report.closingSeconds == 0 && report.timeout == 10)
        daemon.waitForEnd()
        #expect("\(daemon.daemon.statistics["tokens"] ?? "0")" == "2000")
        #expect(daemon.log.lines.contains { $0.metadata["event"] == "drain_requested" })
        #expect(!daemon.log.lines.contains { $0.metadata["event"] == "unfinished" })
    }

    @Test func aLameDuckServesUntilItsConnectionsAreClosed() throws {
        let daemon = try daemon()
        var asker = try asker(daemon)
        let input = daemon.daemon.inputEndpoints[0]
        // Only the connection that is accepted last outlives the others.
        let first = try peer(input)
        try send(first, "a", "one")
        let last = try peer(input)
        try send(last, "b", "one")
        let report = try asker.ask(.lameDuck(seconds: 2), StopReport.self)
        #expect(report.closingSeconds == 2)
        #expect(try asker.refusal(.lameDuck(seconds: 1)).code == "stopping")
        // What would bring new clients is refused; what else can change is changed.
        var wanted = daemon.daemon.configuration
        wanted.inputs[0].bind.append(try Endpoint("ipc://\(folder.path)/new"))
        let error = #expect(throws: ReloadError.self) { try daemon.daemon.reload(wanted) }
        #expect(error?.problems.map { $0.prefix(16) } == ["input[0].bind[1]"])
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/new"))
        wanted = daemon.daemon.configuration
        wanted.limits.connections = 7
        #expect(try daemon.daemon.reload(wanted).applied == ["limits.connections"])
        let deadline = ContinuousClock.now + patience
        while "\(daemon.daemon.statistics["closed.lame_duck"] ?? "0")" == "0",
            ContinuousClock.now < deadline
        {}
        try send(last, "b", "two")
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/a-in"))
        #expect(try asker.ask(.status, DaemonStatus.self).counters["closed.lame_duck"] == 1)
        daemon.waitForEnd()
        #expect("\(daemon.daemon.statistics["closed.lame_duck"] ?? "0")" == "2")
        #expect(daemon.log.lines.contains { $0.metadata["event"] == "lame_duck_begun" })
    }
}
