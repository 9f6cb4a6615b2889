import Engine
import Foundation
import Model
import Replay
import TestSupport
import Testing
import Wire
import ZeroMQ

/// `sluice state`: streams that move from one daemon to another, and are looked at on a store.
@Suite(.blocking) struct StateTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func state(_ arguments: String...) throws -> SluiceProcess.Result {
        try run(arguments)
    }

    /// Daemons may take their time where the machine is busy.
    private func run(_ arguments: [String]) throws -> SluiceProcess.Result {
        let isPatient = arguments.contains("--to") && !arguments.contains("--timeout")
        return try SluiceProcess.run(
            ["state"] + arguments + (isPatient ? ["--timeout", "60s"] : []))
    }

    /// Succeeds, and says nothing on the standard error.
    @discardableResult
    private func done(_ arguments: String...) throws -> [String: Any] {
        let result = try run(arguments)
        #expect(result.status == 0 && result.errors.isEmpty, "\(arguments): \(result.errors)")
        return result.output.isEmpty ? [:] : try json(result.output)
    }

    private func control(_ daemon: ServedDaemon) throws -> String {
        try daemon.endpoint(.control).text
    }

    private func snapshot(_ path: String) throws -> StreamSnapshot {
        try StreamSnapshot(decoding: Array(try Data(contentsOf: URL(filePath: path))))
    }

    /// Sends pieces, each with whether it continues, and returns once all are accepted.
    private func send(
        _ pieces: ArraySlice<(text: [UInt8], more: Bool)>, to daemon: ServedDaemon
    ) throws {
        let peers = try Peers()
        let dealer = try peers.connect(.dealer, try daemon.endpoint(.router))
        for piece in pieces {
            try dealer.send(frames: [bytes("s"), piece.text, bytes(#"{"more":\#(piece.more)}"#)])
        }
        var message = Multipart(frameLimit: 4)
        for _ in pieces { try #require(try dealer.receive(into: &message)) }
    }

    private func end(_ daemon: ServedDaemon) throws {
        try done("end", "s", "--to", try control(daemon))
    }

    // MARK: From one daemon to another

    struct Move: CustomStringConvertible {
        let model: String?
        /// Of the daemon that the stream is moved to.
        let keys: String
        let seed: UInt64
        var description: String { "\(model ?? "shipped"), \(keys), seed \(seed)" }

        static let all: [Move] = [
            Move(model: nil, keys: "engine.threads = 1", seed: 1),
            Move(model: "lstm", keys: #"engine.kernel_tier = "portable""#, seed: 2),
            Move(model: "gru", keys: #"engine.kernel_tier = "portable""#, seed: 3),
            Move(model: "lstm", keys: "engine.threads = 3", seed: 4),
            Move(model: "rnn-tanh", keys: "engine.max_batch = 1", seed: 5),
        ]
    }

    /// Messages in pieces, cut at any byte.
    private func pieces(_ random: inout SeededRandom) -> [(text: [UInt8], more: Bool)] {
        let words = ["wonderful", "☂", "fi", "lm ", " naïve", "👍🏽", "\n", "the ", "unbelievably "]
        return (0..<40).flatMap { _ in
            let text = (0..<Int.random(in: 1...12, using: &random)).flatMap { _ in
                Array(words.randomElement(using: &random)!.utf8)
            }
            let cut = Int.random(in: 0...text.count, using: &random)
            let parts = [(Array(text[..<cut]), true), (Array(text[cut...]), false)]
            return parts.filter { !$0.0.isEmpty || !$0.1 }.map { (text: $0.0, more: $0.1) }
        }
    }

    @Test(arguments: Move.all) func aStreamGoesOnAsIfNothingHadHappened(_ move: Move) throws {
        var random = SeededRandom(seed: move.seed)
        let pieces = pieces(&random)
        // Within a message, if there is one that continues.
        let open = pieces.indices.filter { pieces[$0].more && $0 > 10 }
        let cut = try #require(open.randomElement(using: &random)) + 1
        let model = move.model.map { Repository.fixture($0).path }
        let sockets: [ServedDaemon.Socket] = [.router, .all, .control]
        let (one, two) = (
            try ServedDaemon(model: model, sockets),
            try ServedDaemon(model: model, sockets, keys: move.keys)
        )
        let peers = try Peers()
        let first = try peers.puller(one)
        let second = try peers.puller(two)

        try send(pieces[..<cut], to: one)
        let file = "\(folder.path)/s.state"
        try done("get", "s", "-o", file, "--to", try control(one))
        let put = try done("put", file, "--to", try control(two))
        #expect(put["stream"] as? String == "s")
        try send(pieces[cut...], to: two)
        try done("get", "s", "-o", "\(folder.path)/moved", "--to", try control(two))
        try end(two)
        let moved = try second.receiveEvents { $0.isEnd }

        // The same in one daemon, which is not disturbed.
        try send(pieces[cut...], to: one)
        try done("get", "s", "-o", "\(folder.path)/stayed", "--to", try control(one))
        try end(one)
        let stayed = try first.receiveEvents { $0.isEnd }
        expectTail(moved, of: stayed)
        let (there, here) = (
            try snapshot("\(folder.path)/moved"), try snapshot("\(folder.path)/stayed")
        )
        // That it was put is an event, too.
        var state = there.state
        state.streamEvents -= 1
        #expect(state == here.state && there.model == here.model)
        try one.stop()
        try two.stop()
    }

    /// All events but those about the stream, to the byte, from where it was moved.
    private func expectTail(_ moved: [PublishedEvent], of stayed: [PublishedEvent]) {
        for kind in ["next/s", "sentiment/s", "error/s"] {
            let there = moved.filter { $0.topic == kind }
            let here = stayed.filter { $0.topic == kind }
            #expect(there.count < here.count || here.isEmpty)
            #expect(here.suffix(there.count).elementsEqual(there), "\(kind) differs")
        }
        #expect(!moved.filter { $0.topic == "next/s" }.isEmpty)
        let changes = moved.filter { $0.topic == "stream/s" }
        #expect(changes.count == 2 && changes[0].has(#""change":"resumed""#))
    }

    /// By a pipe, under another name, and twice.
    @Test func aSnapshotGoesThroughAPipe() throws {
        let daemon = try ServedDaemon([.router, .out, .control])
        try send([(bytes("open te"), true)], to: daemon)
        let pipe = try SluiceProcess.run(
            [
                "-c",
                """
                "$0" state get s --to "$1" | "$0" state put - --stream copy --to "$1"
                """, SluiceProcess.executable.path, try control(daemon),
            ], executable: URL(filePath: "/bin/sh"))
        #expect(pipe.status == 0 && pipe.errors.isEmpty, "\(pipe.errors)")
        let again = try state("put", "-", "--to", try control(daemon))
        #expect(again.status == 65 && again.errors.contains("the snapshot begins otherwise"))
        let listed = try state("list", "--to", try control(daemon))
        #expect(try listed.lines.map { try json($0)["stream"] as? String } == ["copy", "s"])
        let (one, copy) = (
            try done("show", "s", "--to", try control(daemon)),
            try done("show", "copy", "--to", try control(daemon))
        )
        #expect(
            one["norms"] as? [[String: AnyHashable]] == copy["norms"] as? [[String: AnyHashable]])
        try daemon.stop()
    }

    @Test func anotherModelsSnapshotIsRefusedByItsFingerprint() throws {
        let (one, two) = (
            try ServedDaemon([.router, .out, .control]),
            try ServedDaemon(
                model: Repository.fixture("rnn-tanh").path, [.router, .out, .control])
        )
        try send([(bytes("text"), true)], to: one)
        let file = "\(folder.path)/s.state"
        let taken = try done("get", "s", "-o", file, "--to", try control(one))
        #expect(taken.isEmpty)
        let fingerprint = try snapshot(file).model.short
        for arguments in [["put", file], ["put", file, "--replace"]] {
            let refused = try SluiceProcess.run(
                ["state"] + arguments + ["--to", try control(two)])
            #expect(refused.status == 65)
            #expect(refused.errors.contains("of model \(fingerprint); expected one of"))
        }
        #expect(try state("list", "--to", try control(two)).output.isEmpty)
        try one.stop()
        try two.stop()
    }

    // MARK: What was answered is kept

    @Test func aPutThatWasAnsweredSurvives() throws {
        let sockets: [ServedDaemon.Socket] = [.router, .out, .control]
        let one = try ServedDaemon(sockets)
        try send([(bytes("some text, and mo"), true)], to: one)
        let file = "\(folder.path)/s.state"
        try done("get", "s", "-o", file, "--to", try control(one))
        let two = try ServedDaemon(sockets)
        for name in ["s", "t"] {
            try done("put", file, "--stream", name, "--to", try control(two))
        }
        // One that takes the place of another, at once before the end.
        try done("put", file, "--stream", "t", "--replace", "--to", try control(two))
        two.process.signal(SIGKILL)
        #expect(try two.process.finish().status == -SIGKILL)
        let again = try ServedDaemon(sockets, folder: two.folder)
        for name in ["s", "t"] {
            try done("get", name, "-o", file + name, "--to", try control(again))
            let (before, after) = (try snapshot(file).state, try snapshot(file + name).state)
            #expect(after.values == before.values && after.tokenizer == before.tokenizer)
            #expect(after.streamEvents == before.streamEvents + 1)
        }
        try one.stop()
        try again.stop()
    }

    // MARK: Without a daemon

    /// Also what the daemon had not checkpointed when it died.
    @Test func aStoreTellsTheSameAsItsDaemon() throws {
        let daemon = try ServedDaemon(
            model: nil, [.router, .all, .control], journal: "checkpoint_tokens = 7")
        let pieces: [(text: [UInt8], more: Bool)] = [
            (bytes("A film of many words, and "), true), (bytes("unbelievab"), true),
        ]
        try send(pieces[...], to: daemon)
        let file = "\(folder.path)/s.state"
        try done("get", "s", "-o", file, "--to", try control(daemon))
        let shown = try state("show", "s", "--to", try control(daemon)).output
        // The store is read while the daemon runs, and after it has died.
        for _ in 0..<2 {
            let offline = "\(folder.path)/offline.state"
            try done("get", "s", "-o", offline, "--store", daemon.store)
            #expect(try snapshot(offline) == snapshot(file))
            #expect(try state("show", "s", "--store", daemon.store).output == shown)
            #expect(try state("show", "--file", offline).output == shown)
            let listed = try done("list", "--store", daemon.store)
            #expect(
                listed["stream"] as? String == "s" && listed["residence"] as? String == "evicted")
            daemon.process.signal(SIGKILL)
            _ = try daemon.process.finish()
        }
        try checkLinksAreKept(daemon.store, of: file)
    }

    /// Also that of a device, which is never replaced.
    private func checkLinksAreKept(_ store: String, of file: String) throws {
        let target = "\(folder.path)/target"
        for (name, place, status) in [
            ("file", target, 0), ("device", "/dev/null", 0), ("output", "/dev/stdout", 0),
            ("full", "/dev/full", 74),
        ] {
            let link = "\(folder.path)/\(name)"
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: place)
            let taken = try run(["get", "s", "-o", link, "--store", store])
            #expect(Int(taken.status) == status, "\(name): \(taken.errors)")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == place)
        }
        #expect(try snapshot(target) == snapshot(file))
    }

    @Test func aStoreIsChangedWhereNoDaemonRuns() throws {
        let sockets: [ServedDaemon.Socket] = [.router, .out, .control]
        let daemon = try ServedDaemon(sockets)
        try send([(bytes("held back \u{2602}").dropLast(), true)], to: daemon)
        let file = "\(folder.path)/s.state"
        try done("get", "s", "-o", file, "--to", try control(daemon))
        for arguments in [["reset", "s"], ["end", "s"], ["put", file]] {
            let inUse = try SluiceProcess.run(["state"] + arguments + ["--store", daemon.store])
            #expect(inUse.status == 69 && inUse.errors.contains("--to"), "\(inUse.errors)")
        }
        try daemon.stop()
        let model = ["--model", Repository.smallModel]
        try done("put", file, "--stream", "t", "--store", daemon.store)
        let refused = try state("put", file, "--store", daemon.store)
        #expect(refused.status == 65 && refused.errors.contains("exists and is left unchanged"))
        #expect(refused.errors.contains("--replace"))
        try done("put", file, "--replace", "--store", daemon.store)
        try done("reset", "t", "--store", daemon.store)
        #expect(try state("reset", "nobody", "--store", daemon.store).status == 66)
        let other = try SluiceProcess.run(
            ["state", "reset", "t", "--store", daemon.store, "--model"]
                + [Repository.fixture("rnn-tanh").path])
        #expect(other.status == 66 && other.errors.contains("--model"))
        #expect(
            try SluiceProcess.run(["state", "end", "t", "--store", daemon.store] + model).status
                == 0)
        let again = try ServedDaemon(sockets, folder: daemon.folder)
        try done("get", "s", "-o", file + "2", "--to", try control(again))
        #expect(try snapshot(file + "2").state.values == snapshot(file).state.values)
        #expect(try state("show", "t", "--to", try control(again)).status == 66)
        // The put stream continues.
        try send([([0x82], false)], to: again)
        #expect(try done("show", "s", "--to", try control(again))["messages"] as? Int == 1)
        try again.stop()
    }

    // MARK: What goes wrong

    @Test func nobodyAnswers() throws {
        let silent = try state(
            "list", "--to", "ipc://\(folder.path)/nobody", "--timeout", "200ms")
        #expect(silent.status == 69)
        #expect(silent.errors.contains("is the daemon running, with a control socket?"))
        // The peer there is not a control socket.
        let daemon = try ServedDaemon([.router, .out, .control])
        let wrong = try state("list", "--to", try daemon.endpoint(.router).text)
        #expect(wrong.status == 69 && wrong.errors.contains("does not come from a control socket"))
        try daemon.stop()
    }

    @Test func nothingIsHalfWritten() throws {
        let daemon = try ServedDaemon([.router, .out, .control])
        try send([(bytes("text"), true)], to: daemon)
        let to = try control(daemon)
        let file = try folder.write("before", to: "s.state")
        #expect(try state("get", "nobody", "-o", file, "--to", to).status == 66)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "before")
        try done("get", "s", "-o", file, "--to", to)
        #expect(try snapshot(file).stream.text == "s")
        let lost = try state("get", "s", "-o", "\(folder.path)/nowhere/s.state", "--to", to)
        #expect(lost.status == 74 && lost.errors.contains("nowhere"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["s.state"])
        try daemon.stop()
    }

    @Test(
        arguments: [
            (["show"], 64), (["show", "a", "--file", "b"], 64), (["get"], 64), (["put"], 64),
            (["list", "--to", "tcp://127.0.0.1:1", "--store", "x"], 64),
            (["list", "--timeout", "0s"], 64), (["list", "--limit", "0"], 64),
            (["list", "--store", "/nowhere/x"], 66), (["get", "a", "--store", "/nowhere/x"], 66),
            (["reset", "a", "--store", "/nowhere/x"], 66), (["put", "/nowhere/x"], 66),
            (["show", "--file", "/nowhere/x"], 66), (["show", "--file", "/dev/null"], 65),
        ] as [([String], Int32)])
    func failsWithTheDocumentedCode(arguments: [String], code: Int32) throws {
        let result = try SluiceProcess.run(["state"] + arguments)
        #expect(result.status == code, "\(result.errors)")
        #expect(result.output.isEmpty && !result.errors.isEmpty)
    }
}
