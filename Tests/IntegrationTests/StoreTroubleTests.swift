import Foundation
import TestSupport
import Testing
import ZeroMQ

/// What other programs do to the store of a daemon that serves.
@Suite(.blocking) struct StoreTroubleTests {
    private func numbered(_ number: Int) -> [[UInt8]] {
        [bytes("s"), bytes("text \(number) "), bytes(#"{"more":true,"seq":\#(number)}"#)]
    }

    private func expectAccepted(_ number: Int, _ dealer: borrowing Socket) throws {
        var message = Multipart(frameLimit: 2)
        try #require(try dealer.receive(into: &message), "no answer came")
        let body = try json(String(decoding: message.copyFrames()[1], as: UTF8.self))
        #expect(body["ack"] as? String == "accepted" && body["seq"] as? Int == number)
    }

    private func problem(_ daemon: ServedDaemon) throws -> String? {
        let peers = try Peers()
        let control = try peers.connect(.dealer, try daemon.endpoint(.control))
        try control.send(#"{"op":"status"}"#)
        var message = Multipart(frameLimit: 2)
        try #require(try control.receive(into: &message), "no answer came")
        let answer = try json(String(decoding: message.copyFrames()[0], as: UTF8.self))
        let result = try #require(answer["result"] as? [String: Any])
        return try #require(result["journal"] as? [String: Any])["problem"] as? String
    }

    /// A process that holds SQLite's write lock until its input ends.
    private func lock(_ store: String) throws -> SluiceProcess {
        let script = """
            import sqlite3, sys
            store = sqlite3.connect(sys.argv[1], isolation_level=None)
            store.execute("BEGIN IMMEDIATE")
            print("locked", flush=True)
            sys.stdin.read()
            store.execute("ROLLBACK")
            """
        let process = try SluiceProcess(
            ["-c", script, store], executable: SluiceProcess.python)
        try process.waitForOutput(containing: "locked")
        return process
    }

    @Test func aLockedStoreHoldsIntakeBackUntilItIsFree() throws {
        let daemon = try ServedDaemon([.router, .out, .control])
        let peers = try Peers()
        let dealer = try peers.connect(.dealer, try daemon.endpoint(.router))
        try dealer.send(frames: numbered(0))
        try expectAccepted(0, dealer)
        let holder = try lock(daemon.store)
        try dealer.send(frames: numbered(1))
        try daemon.process.waitForErrors(containing: "input waits")
        #expect(try problem(daemon)?.contains("another program keeps it locked") == true)
        try holder.finishInput()
        _ = try holder.finish()
        try expectAccepted(1, dealer)
        try daemon.process.waitForErrors(containing: "can be written again")
        #expect(try problem(daemon) == nil)
        try daemon.stop()
    }

    @Test func aStartWaitsForAStoreThatIsLocked() throws {
        let folder = try TemporaryFolder()
        let first = try ServedDaemon(folder: folder)
        try first.stop()
        let holder = try lock(first.store)
        let second = try ServedDaemon(folder: folder, isAwaited: false)
        try second.process.waitForErrors(containing: "startup is waiting")
        try holder.finishInput()
        _ = try holder.finish()
        try second.process.waitForErrors(containing: "] serving")
        try second.stop()
    }

    /// A stop takes no longer than it may, and says that not all is kept.
    @Test func aDaemonWithALockedStoreCanBeStopped() throws {
        let daemon = try ServedDaemon([.router, .out], keys: "shutdown.timeout = \"2s\"")
        let peers = try Peers()
        let dealer = try peers.connect(.dealer, try daemon.endpoint(.router))
        let holder = try lock(daemon.store)
        try dealer.send(frames: numbered(0))
        try daemon.process.waitForErrors(containing: "input waits")
        let start = ContinuousClock.now
        daemon.process.signal(SIGTERM)
        let result = try daemon.process.finish()
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(result.status == 69, "\(result.errors)")
        #expect(result.errors.contains("not everything was finished in time"))
        try holder.finishInput()
        _ = try holder.finish()
    }

    @Test func nothingIsAcknowledgedOnceTheStoreIsDeleted() throws {
        let daemon = try ServedDaemon(
            [.router, .out, .control], keys: "shutdown.timeout = \"1s\"")
        let peers = try Peers()
        let dealer = try peers.connect(.dealer, try daemon.endpoint(.router))
        try dealer.send(frames: numbered(0))
        try expectAccepted(0, dealer)
        for suffix in ["", "-wal", "-shm", "-ledger", "-lock"] {
            try FileManager.default.removeItem(atPath: daemon.store + suffix)
        }
        try dealer.send(frames: numbered(1))
        try daemon.process.waitForErrors(containing: "input waits")
        #expect(try problem(daemon)?.contains("the file is gone") == true)
        var message = Multipart(frameLimit: 2)
        #expect(try !dealer.receive(into: &message, wait: .never))
        daemon.process.signal(SIGTERM)
        let result = try daemon.process.finish()
        #expect(result.status == 74, "\(result.errors)")
    }

    /// Runs a statement on a store that nobody uses.
    private func change(_ store: String, _ statement: String) throws {
        let script = """
            import sqlite3, sys
            store = sqlite3.connect(sys.argv[1])
            store.execute(sys.argv[2])
            store.commit()
            store.close()
            """
        let result = try SluiceProcess.run(
            ["-c", script, store, statement], executable: SluiceProcess.python)
        #expect(result.status == 0, "\(result.errors)")
    }

    /// It is found while the daemon serves, in what no stream needs to go on; after a crash also in
    /// what is read again.
    @Test(arguments: [
        ("UPDATE request SET text = x'00' WHERE", false, "request, position"),
        ("UPDATE request SET text = x'00' WHERE", true, "request, position"),
        ("DELETE FROM request WHERE", true, "missing"),
        ("UPDATE request SET position = 1000000 WHERE", true, "request, position"),
    ])
    func damageStopsTheStreamThatItBelongsToAlone(
        _ change: String, isKilled: Bool, problem expected: String
    ) throws {
        let folder = try TemporaryFolder()
        let first = try ServedDaemon([.router, .out], folder: folder)
        let peers = try Peers()
        let sender = try peers.connect(.dealer, try first.endpoint(.router))
        for number in 0..<3 {
            try sender.send("s", "text", #"{"seq":\#(number)}"#)
            try sender.send("t", "text", #"{"seq":\#(number)}"#)
        }
        for _ in 0..<6 {
            var message = Multipart(frameLimit: 2)
            try #require(try sender.receive(into: &message))
        }
        if isKilled {
            first.process.signal(SIGKILL)
            _ = try first.process.finish()
        } else {
            try first.stop()
        }
        try self.change(
            first.store,
            "\(change) sequence = 1 AND stream = (SELECT id FROM stream WHERE name = 's')")
        let second = try ServedDaemon([.router, .out, .control], folder: folder)
        try second.process.waitForErrors(containing: "the store is damaged; stream s")
        try second.process.waitForErrors(containing: "the rest of the store is intact")
        #expect(try problem(second)?.contains(expected) == true)
        let list = try SluiceProcess.run(["state", "list", "--to", second.endpoint(.control).text])
        for line in list.output.split(separator: "\n") {
            let listed = try json(String(line))
            #expect((listed["damage"] != nil) == (listed["stream"] as? String == "s"), "\(line)")
        }
        #expect(list.status == 0 && list.output.contains("damage"))
        let dealer = try peers.connect(.dealer, try second.endpoint(.router))
        for (stream, expected) in [("s", "refused"), ("t", "accepted")] {
            try dealer.send(stream, "more", #"{"seq":3}"#)
            var message = Multipart(frameLimit: 2)
            try #require(try dealer.receive(into: &message), "no answer came")
            let body = try json(String(decoding: message.copyFrames()[1], as: UTF8.self))
            #expect(body["ack"] as? String == expected, "\(body)")
        }
        try second.stop()
    }

    /// A store that was moved away and back holds all that was acknowledged, before and after.
    @Test func aStoreThatComesBackIsGoneOnWith() throws {
        let folder = try TemporaryFolder()
        let place = folder.path + "/store"
        let daemon = try ServedDaemon(
            [.router, .out], journal: "path = \"\(place)/journal.sqlite\"")
        let peers = try Peers()
        let dealer = try peers.connect(.dealer, try daemon.endpoint(.router))
        try dealer.send(frames: numbered(0))
        try expectAccepted(0, dealer)
        try FileManager.default.moveItem(atPath: place, toPath: place + "-away")
        try dealer.send(frames: numbered(1))
        try daemon.process.waitForErrors(containing: "input waits")
        try FileManager.default.moveItem(atPath: place + "-away", toPath: place)
        try expectAccepted(1, dealer)
        try daemon.stop()
        let verified = try SluiceProcess.run(
            ["replay", "verify", "--all", "--store", place + "/journal.sqlite"])
        #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
    }
}
