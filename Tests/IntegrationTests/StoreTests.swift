import Foundation
import TestSupport
import Testing
import ZeroMQ

/// What is wrong with a store is said, and never taken for an empty one.
@Suite(.blocking) struct StoreTests {
    private func numbered(_ number: Int) -> [[UInt8]] {
        [bytes("s"), bytes("text \(number) "), bytes(#"{"more":true,"seq":\#(number)}"#)]
    }

    /// The numbers that were acknowledged, up to this one.
    private func acknowledged(_ dealer: borrowing Socket, upTo last: Int) throws -> [Int] {
        var numbers: [Int] = []
        while numbers.last != last {
            var message = Multipart(frameLimit: 2)
            try #require(try dealer.receive(into: &message), "no answer came")
            let body = try json(String(decoding: message.copyFrames()[1], as: UTF8.self))
            #expect(body["ack"] as? String == "accepted")
            numbers.append(try #require(body["seq"] as? Int))
        }
        return numbers
    }

    /// A daemon that has read something and stopped; the path of its store.
    private func recorded(
        in folder: TemporaryFolder, killed: Bool = false, journal: String = ""
    ) throws -> String {
        let daemon = try ServedDaemon([.router, .out], journal: journal, folder: folder)
        let peers = try Peers()
        let dealer = try peers.connect(.dealer, try daemon.endpoint(.router))
        for number in 0..<20 { try dealer.send(frames: numbered(number)) }
        #expect(try acknowledged(dealer, upTo: 19) == Array(0..<20))
        if killed {
            daemon.process.signal(SIGKILL)
            _ = try daemon.process.finish()
        } else {
            try daemon.stop()
        }
        return daemon.store
    }

    private func start(in folder: TemporaryFolder) throws -> SluiceProcess.Result {
        try SluiceProcess.run(["serve", "--config", folder.path + "/sluice.toml"])
    }

    @Test func aSecondDaemonIsRefused() throws {
        let folder = try TemporaryFolder()
        let daemon = try ServedDaemon([.in, .out], folder: folder)
        let second = try start(in: folder)
        #expect(second.status == 69)
        #expect(second.errors.contains("journal.sqlite"))
        #expect(second.errors.contains("\(daemon.process.pid)"), "\(second.errors)")
        try daemon.stop()
    }

    private let streams = (0..<8).map { "stream \($0)" }

    private func expectAllAsRecorded(_ store: String, incarnations: Int) throws {
        let verified = try SluiceProcess.run(["replay", "verify", "--all", "--store", store])
        #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
        #expect(try json(verified.output)["lives"] as? Int == incarnations)
    }

    /// More streams send at once than may be held, each several times: they wait for each other.
    @Test func moreStreamsThanFitAreRead() throws {
        let daemon = try ServedDaemon(keys: "engine.threads = 1\nengine.max_streams = 2")
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        let puller = try peers.puller(daemon)
        // While it stands still, all of it comes to lie before it.
        daemon.process.signal(SIGSTOP)
        for round in 0..<3 {
            for stream in streams { try pusher.send(stream, "Text \(round) of some length.") }
        }
        for stream in streams { try pusher.send(stream, "", #"{"op":"end"}"#) }
        daemon.process.signal(SIGCONT)
        var open = streams.count
        let events = try puller.receiveEvents { event in
            open -= event.isEnd ? 1 : 0
            return open == 0
        }
        #expect(!events.contains { $0.topic.hasPrefix("error/") })
        #expect(events.count(where: \.isMessageEnd) == 3 * streams.count)
        try daemon.stop()
        try expectAllAsRecorded(daemon.store, incarnations: streams.count)
    }

    /// More streams were cut short by `kill -9` than may be held now.
    @Test func moreStreamsThanFitAreRecovered() throws {
        let folder = try TemporaryFolder()
        let first = try ServedDaemon(keys: "engine.threads = 1", folder: folder)
        let peers = try Peers()
        let pusher = try peers.pusher(first)
        let puller = try peers.puller(first)
        first.process.signal(SIGSTOP)
        for stream in streams {
            try pusher.send(stream, String(repeating: "A text of some length. ", count: 60))
        }
        first.process.signal(SIGCONT)
        _ = try puller.receiveEvents { $0.topic.hasPrefix("next/") }
        first.process.signal(SIGKILL)
        _ = try first.process.finish()
        let accepted = try SluiceProcess.run(["replay", "list", "--store", first.store]).lines.count
        #expect(accepted > 2)
        let second = try ServedDaemon(
            keys: "engine.threads = 1\nengine.max_streams = 2", folder: folder)
        try second.process.waitForErrors(containing: "] all streams are recovered")
        try second.stop()
        try expectAllAsRecorded(second.store, incarnations: accepted)
    }

    @Test(.enabled(if: TemporaryMount.isPermitted))
    func aFullDiskStopsIntakeAndNothingIsLost() throws {
        let disk = try TemporaryMount(bytes: 6 << 20)
        let daemon = try ServedDaemon(
            [.router, .all], keys: "engine.queue_bytes = 65536\n",
            journal: "path = \"\(disk.folder)/journal.sqlite\"\n")
        let peers = try Peers()
        let dealer = try peers.connect(.dealer, try daemon.endpoint(.router))
        let puller = try peers.puller(daemon)
        for number in 0..<10 { try dealer.send(frames: numbered(number)) }
        #expect(try acknowledged(dealer, upTo: 9) == Array(0..<10))
        try disk.fill(leaving: 16_384)
        // SQLite's log has some room left that it writes again; this is more.
        let long = String(repeating: "a long text ", count: 500)
        for number in 10..<30 {
            try dealer.send("s", long, #"{"more":true,"seq":\#(number)}"#)
        }
        try daemon.process.waitForErrors(containing: "input waits")
        try disk.makeRoom()
        try daemon.process.waitForErrors(containing: "can be written again")
        #expect(try acknowledged(dealer, upTo: 29) == Array(10..<30))
        try dealer.send("s", "", #"{"op":"end","seq":30}"#)
        let last = try #require(try puller.receiveEvents { $0.isEnd }.last)
        #expect(last.has("\"token\":\(20 * long.utf8.count + 10 * 7 - 1)"), "\(last.body)")
        try daemon.stop()
    }

    @Test(.enabled(if: TemporaryMount.isPermitted))
    func aReadOnlyStoreIsRefused() throws {
        let disk = try TemporaryMount(bytes: 6 << 20)
        let folder = try TemporaryFolder()
        let journal = "path = \"\(disk.folder)/journal.sqlite\"\n"
        try ServedDaemon([.in, .out], journal: journal, folder: folder).stop()
        try disk.makeReadOnly()
        let second = try start(in: folder)
        #expect(second.status == 74, "\(second.errors)")
        #expect(second.errors.contains("\(disk.folder)/journal.sqlite"))
    }

    /// Truncated to any length, also to nothing, which SQLite takes for a new database.
    @Test(arguments: [0.0, 0.3, 0.99], [false, true])
    func aTruncatedStoreIsRefused(part: Double, killed: Bool) throws {
        let folder = try TemporaryFolder()
        let store = try recorded(in: folder, killed: killed)
        let whole = try Data(contentsOf: URL(filePath: store))
        try whole.prefix(Int(Double(whole.count) * part)).write(to: URL(filePath: store))
        let second = try start(in: folder)
        #expect(second.status == 65, "\(second.errors)")
        #expect(second.errors.contains(store))
    }

    /// A bit that flips is found at the start, or was in no use.
    @Test func aFlippedBitIsNeverTakenForNothing() throws {
        var random = SeededRandom(seed: 5)
        let folder = try TemporaryFolder()
        let store = try recorded(in: folder, journal: "check = \"always\"")
        let whole = try Data(contentsOf: URL(filePath: store))
        let ledger = try Data(contentsOf: URL(filePath: store + "-ledger"))
        var refused = 0
        for _ in 0..<12 {
            var damaged = whole
            damaged[Int.random(in: damaged.indices, using: &random)] ^=
                1 << UInt8.random(in: 0..<8, using: &random)
            try damaged.write(to: URL(filePath: store))
            try ledger.write(to: URL(filePath: store + "-ledger"))
            let check = try SluiceProcess(["serve", "--config", folder.path + "/sluice.toml"])
            if check.hasErrors(
                within: patience, { $0.contains("] serving") || $0.contains("sluice: ") }),
                check.errorsSoFar.contains("] serving")
            {
                check.signal(SIGTERM)
                #expect(try check.finish().status == 0)
                let log = try SluiceProcess.run(["replay", "verify", "--all", "--store", store])
                #expect(log.status == 0, "\(log.errors)")
            } else {
                #expect(try check.finish().status == 65, "\(check.errorsSoFar)")
                refused += 1
            }
        }
        #expect(refused > 0)
    }
}
