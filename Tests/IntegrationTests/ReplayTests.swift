import Foundation
import TestSupport
import Testing
import ZeroMQ

/// Replay as a user runs it, on what a daemon has recorded.
@Suite(.blocking) struct ReplayTests {
    /// A daemon that has read some streams and is gone.
    private final class Recorded {
        let folder: TemporaryFolder
        let model: String
        let store: String
        /// What was published, by stream.
        var published: [String: [PublishedEvent]] = [:]

        init(by signal: Int32 = SIGTERM) throws {
            folder = try TemporaryFolder()
            model = try folder.copy(Repository.smallModel, to: "model")
            let daemon = try ServedDaemon(
                model: model,
                keys: "engine.threads = 2\nengine.max_batch = 3\nengine.kernel_tier = \"portable\"",
                journal: "checkpoint_tokens = 32", folder: folder)
            store = daemon.store
            let peers = try Peers()
            let events = try peers.puller(daemon)
            let publisher = try peers.pusher(daemon)
            for (stream, frames) in Self.messages {
                try publisher.send(frames: [bytes(stream)] + frames)
            }
            var open = Set(Self.messages.map(\.stream))
            while !open.isEmpty {
                let event = try events.receiveEvent()
                let stream = String(event.topic.drop { $0 != "/" }.dropFirst())
                published[stream, default: []].append(event)
                if event.isEnd || event.has("Goodbye") { open.remove(stream) }
                // The one that stays has told of its last message.
                if stream == "stays", event.isMessageEnd, event.has("\"message\":3") {
                    open.remove(stream)
                }
            }
            if signal == SIGKILL {
                daemon.process.signal(SIGKILL)
                _ = try daemon.process.finish()
            } else {
                try daemon.stop(by: signal)
            }
        }

        private static let messages: [(stream: String, frames: [[UInt8]])] = {
            var random = SeededRandom(seed: 3)
            var messages: [(String, [[UInt8]])] = []
            for index in 0..<12 {
                for stream in ["a", "b/1", "b/2"] {
                    messages.append((stream, [random.text(Int.random(in: 1...60, using: &random))]))
                    if index == 5 { messages.append((stream, [[], bytes(#"{"op":"reset"}"#)])) }
                    if index == 7 {
                        messages.append((stream, [[0xE2, 0x82], bytes(#"{"more":true}"#)]))
                    }
                }
                if index < 4 { messages.append(("stays", [bytes("Message \(index).")])) }
            }
            for stream in ["a", "b/1", "b/2"] {
                messages.append((stream, [[], bytes(#"{"op":"end","time":1764000000.25}"#)]))
            }
            return messages
        }()

        func replay(_ arguments: String...) throws -> SluiceProcess.Result {
            try SluiceProcess.run(["replay"] + arguments + ["--store", store])
        }
    }

    @Test func streamsAreListed() throws {
        let recorded = try Recorded()
        let all = try recorded.replay("list")
        #expect(all.status == 0, "\(all.errors)")
        let streams = try all.lines.map { try json($0) }
        #expect(streams.compactMap { $0["stream"] as? String } == ["a", "b/1", "b/2", "stays"])
        #expect(
            streams.compactMap { $0["state"] as? String } == ["ended", "ended", "ended", "alive"])
        #expect(streams.allSatisfy { ($0["model"] as? String)?.count == 64 })
        #expect(streams[0]["epoch"] as? Int == 1)
        #expect(streams[0]["requests"] as? Int == 15)
        #expect(try recorded.replay("list", "b/").lines.count == 2)
        let none = try recorded.replay("list", "c")
        #expect(none.status == 0)
        #expect(none.output == "")
        #expect(none.errors.contains("no stream whose name begins with 'c'"))
    }

    @Test func whatIsShownIsWhatWasPublished() throws {
        let recorded = try Recorded()
        for (stream, events) in recorded.published {
            for options in [[], ["--published"]] {
                let shown = try SluiceProcess.run(
                    ["replay", "show", stream, "--store", recorded.store] + options)
                #expect(shown.status == 0, "\(shown.errors)")
                #expect(shown.lines == events.map(\.line))
            }
        }
        let events = try #require(recorded.published["a"])
        let part = try recorded.replay("show", "a", "--from", "20", "--to", "30", "-e", "next")
        let next = events.filter { $0.topic == "next/a" }
        #expect(part.lines == next[20..<30].map(\.line))
        let epoch = try recorded.replay("show", "a", "--epoch", "1", "--to", "5", "-e", "next")
        #expect(
            epoch.lines == next.filter { $0.has(#""epoch":1"#) }.prefix(5).map(\.line))
        let message = try recorded.replay(
            "show", "a", "--epoch", "1", "--from", "message:2", "--to", "message:3", "-e",
            "sentiment")
        let scores = events.filter { $0.topic == "sentiment/a" && $0.has(#""epoch":1"#) }
        #expect(message.lines == scores.filter { $0.has(#""message":2}"#) }.map(\.line))
        let byte = try recorded.replay("show", "a", "--from", "byte:7", "-e", "next")
        #expect(byte.lines.first == next.first { $0.has(#""offset":[7,"#) }?.line)
        let colored = try recorded.replay("show", "stays", "--color", "always").output
        #expect(colored.contains("\u{1B}["))
        let text = colored.replacing(#/\x1B\[[0-9;]*m/#, with: "")
        #expect(text.contains("Message 0."))
        #expect(text.contains("[message 3:"))
    }

    @Test(arguments: [SIGTERM, SIGKILL])
    func everythingIsReadAgainInOtherWays(_ signal: Int32) throws {
        let recorded = try Recorded(by: signal)
        for options in [
            [], ["--threads", "1", "--batch", "1", "--kernel-tier", "portable"],
            ["--threads", "3", "--batch", "64"],
        ] {
            let result = try SluiceProcess.run(
                ["replay", "verify", "--all", "--store", recorded.store] + options)
            #expect(result.status == 0, "\(result.errors)\(result.output)")
            let summary = try json(result.output)
            #expect(summary["equal"] as? Bool == true)
            #expect(summary["lives"] as? Int == 4)
            #expect(summary["events"] as? Int == summary["states"] as? Int)
            #expect(summary["store_checked"] as? Bool == true)
            #expect(summary["store_damage"] is NSNull)
        }
        let one = try recorded.replay("verify", "a")
        #expect(one.status == 0)
        #expect(try json(one.output)["requests"] as? Int == 15)
        #expect(try json(one.output)["store_checked"] as? Bool == false)
    }

    /// What reading the sessions again does not need may be damaged, too.
    @Test(arguments: [
        ("UPDATE run SET version = 'other'", "run"),
        ("DELETE FROM request WHERE position = (SELECT max(position) FROM request)", "outcome"),
    ])
    func aDamagedStoreIsNoticed(_ change: String, _ part: String) throws {
        let recorded = try Recorded()
        let script =
            "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); "
            + "d.execute(sys.argv[2]); d.commit()"
        let changed = try SluiceProcess.run(
            ["-c", script, recorded.store, change], executable: SluiceProcess.python)
        try #require(changed.status == 0, "\(changed.errors)")
        let result = try recorded.replay("verify", "--all")
        #expect(result.status == 65, "\(result.errors)")
        let summary = try json(result.output)
        #expect(summary["equal"] as? Bool == false)
        #expect((summary["divergences"] as? [Any])?.isEmpty == true)
        let damage = try #require(summary["store_damage"] as? String)
        #expect(damage.contains(recorded.store) && damage.contains(part), "\(damage)")
        #expect(try recorded.replay("verify", "b/1").status == 0)
    }

    /// A stream whose own row is damaged keeps no other from being listed and read.
    @Test func aDamagedStreamIsListedAndTheOthersAreRead() throws {
        let recorded = try Recorded()
        let before = try recorded.replay("list").output.split(separator: "\n").map {
            try json(String($0))
        }
        let script = """
            import sqlite3, sys
            store = sqlite3.connect(sys.argv[1])
            store.execute("UPDATE stream SET began = began + 1 WHERE name = 'a'")
            store.commit()
            """
        let changed = try SluiceProcess.run(
            ["-c", script, recorded.store], executable: SluiceProcess.python)
        try #require(changed.status == 0, "\(changed.errors)")
        let list = try recorded.replay("list")
        #expect(list.status == 65)
        let lines = try list.output.split(separator: "\n").map { try json(String($0)) }
        #expect(lines.map { $0["stream"] as? String } == before.map { $0["stream"] as? String })
        for line in lines {
            let isDamaged = line["stream"] as? String == "a"
            #expect((line["state"] as? String == "damaged") == isDamaged)
            #expect((line["damage"] as? String)?.isEmpty == (isDamaged ? false : nil))
        }
        let result = try recorded.replay("verify", "--all")
        #expect(result.status == 65)
        let summary = try json(result.output)
        let divergences = try #require(summary["divergences"] as? [[String: Any]])
        #expect(Set(divergences.map { $0["stream"] as? String }) == ["a"])
        #expect(summary["lives"] as? Int == before.count { $0["stream"] as? String != "a" })
    }

    /// Changes a row of an outcome, or of a request, from outside.
    private static let tamper = """
        import hashlib, sqlite3, struct, sys
        def checksum(table, values):
            data = table.encode()
            for value in values:
                if value is None: data += b"\\0"
                elif isinstance(value, int): data += b"\\1" + struct.pack("<q", value)
                elif isinstance(value, float): data += b"\\2" + struct.pack("<d", value)
                elif isinstance(value, str):
                    data += b"\\3" + struct.pack("<Q", len(value.encode())) + value.encode()
                else: data += b"\\4" + struct.pack("<Q", len(value)) + value
            return struct.unpack("<q", hashlib.blake2b(data, digest_size=32).digest()[:8])[0]
        database = sqlite3.connect(sys.argv[1])
        position, = database.execute(
            "SELECT position FROM message WHERE stream = 'a' AND sequence = 9").fetchone()
        row = list(database.execute(
            "SELECT * FROM outcome WHERE position = ?", (position,)).fetchone())
        assert row[-1] == checksum("outcome", row[:-1])
        row[4] = bytes([row[4][0] ^ 1]) + row[4][1:]
        if sys.argv[2] == "sealed": row[-1] = checksum("outcome", row[:-1])
        database.execute("DELETE FROM outcome WHERE position = ?", (position,))
        database.execute("INSERT INTO outcome VALUES (?,?,?,?,?,?,?,?)", row)
        database.commit()
        """

    @Test(arguments: [("sealed", Int32(1)), ("broken", 65)])
    func whatDivergesIsNamed(_ kind: String, _ status: Int32) throws {
        let recorded = try Recorded()
        let tampered = try SluiceProcess.run(
            ["-c", Self.tamper, recorded.store, kind], executable: SluiceProcess.python)
        try #require(tampered.status == 0, "\(tampered.errors)")
        let result = try recorded.replay("verify", "--all")
        #expect(result.status == status)
        let summary = try json(result.output)
        #expect(summary["equal"] as? Bool == false)
        let divergence = try #require((summary["divergences"] as? [[String: Any]])?.first)
        #expect(divergence["stream"] as? String == "a")
        if kind == "sealed" {
            #expect(divergence["request"] as? Int == 9)
            #expect(divergence["kind"] as? String == "state")
        } else {
            #expect(divergence["kind"] as? String == "damage")
        }
        #expect(try recorded.replay("verify", "stays").status == 0)
    }

    /// The store and the model are gone; the bundle lies elsewhere.
    @Test func aBundleIsWalkedElsewhere() throws {
        let recorded = try Recorded()
        let made = try recorded.replay("bundle", "a", "-o", recorded.folder.path + "/a.sluice")
        #expect(made.status == 0, "\(made.errors)")
        let again = try recorded.replay("bundle", "a", "-o", recorded.folder.path + "/a.sluice")
        #expect(again.status == 74)
        let elsewhere = try TemporaryFolder()
        let bundle = elsewhere.path + "/moved.sluice"
        try FileManager.default.moveItem(
            atPath: recorded.folder.path + "/a.sluice", toPath: bundle)
        try FileManager.default.removeItem(atPath: recorded.store)
        try FileManager.default.removeItem(atPath: recorded.model)
        let shown = try SluiceProcess.run(["replay", "show", "a", "--store", bundle])
        #expect(shown.lines == recorded.published["a"]?.map(\.line))
        let verified = try SluiceProcess.run(["replay", "verify", "--all", "--store", bundle])
        #expect(verified.status == 0, "\(verified.output)")
        let listed = try SluiceProcess.run(["replay", "list", "--store", bundle])
        #expect(listed.lines.count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere.path).count == 1)
    }

    // MARK: Export

    /// Reads both formats by what their documents say, and NumPy's by NumPy where it is there.
    private static let readTensors = """
        import io, json, struct, sys, zipfile
        def npy(data):
            assert data[:8] == b"\\x93NUMPY\\1\\0"
            length = struct.unpack("<H", data[8:10])[0]
            assert (10 + length) % 64 == 0 and data[9 + length:10 + length] == b"\\n"
            header = eval(data[10:10 + length])
            assert not header["fortran_order"]
            return header["descr"], list(header["shape"]), data[10 + length:]
        archive = zipfile.ZipFile(sys.argv[1])
        assert archive.testzip() is None
        arrays = {n[:-4]: npy(archive.read(n)) for n in archive.namelist()}
        raw = open(sys.argv[2], "rb").read()
        length, = struct.unpack("<Q", raw[:8])
        header = json.loads(raw[8:8 + length])
        model = header.pop("__metadata__")["model"]
        names = {"F32": "<f4", "I64": "<i8", "I32": "<i4"}
        assert length % 8 == 0 and set(header) == set(arrays)
        for name, entry in header.items():
            start, end = entry["data_offsets"]
            data = raw[8 + length:][start:end]
            assert (names[entry["dtype"]], entry["shape"], data) == arrays[name], name
        try:
            import numpy
            for name, array in numpy.load(sys.argv[1]).items():
                assert array.tobytes() == arrays[name][2] and list(array.shape) == arrays[name][1]
        except ModuleNotFoundError:
            pass
        ids = struct.unpack("<%di" % arrays["ids"][1][0], arrays["ids"][2])
        last = arrays["h0"][1][1] * 4
        print(json.dumps({"model": len(model), "ids": ids, "h0": arrays["h0"][1],
            "names": sorted(arrays), "lastH0": arrays["h0"][2][-last:].hex()}))
        """

    @Test func tokensAndTensorsAreExported() throws {
        let recorded = try Recorded()
        let folder = recorded.folder.path
        let events = try #require(recorded.published["a"]).filter { $0.topic == "next/a" }
        let lines = try recorded.replay("export", "a")
        #expect(lines.status == 0, "\(lines.errors)")
        let rows = lines.lines
        let tokens = try rows.map { try json($0) }
        #expect(tokens.count == events.count)
        for (index, (token, event)) in zip(tokens, events).enumerated() {
            let body = try json(event.body)
            #expect(token["index"] as? Int == index)
            for key in ["epoch", "token", "id", "text", "surprisal", "offset"] {
                #expect("\(token[key] ?? "")" == "\(body[key] ?? "")")
            }
            // The candidates stand last, written in the same way.
            let top = event.body.range(of: #""top":["#).map { event.body[$0.lowerBound...] }
            #expect(rows[index].hasSuffix(try #require(top)))
        }
        for format in ["npz", "safetensors"] {
            let made = try recorded.replay(
                "export", "a", "--format", format, "-o", "\(folder)/a.\(format)")
            #expect(made.status == 0, "\(made.errors)")
        }
        let read = try SluiceProcess.run(
            ["-c", Self.readTensors, "\(folder)/a.npz", "\(folder)/a.safetensors"],
            executable: SluiceProcess.python)
        try #require(read.status == 0, "\(read.errors)")
        let found = try json(read.output)
        #expect(found["ids"] as? [Int] == tokens.compactMap { $0["id"] as? Int })
        #expect((found["h0"] as? [Int])?.first == events.count)
        #expect((found["names"] as? [String])?.contains("surprisal") == true)
        #expect(try recorded.replay("export", "a", "--format", "npz").status == 64)
        let full = try recorded.replay("export", "a", "--format", "npz", "-o", "/dev/full")
        #expect(full.status == 74)
        #expect(full.errors.hasPrefix("sluice: cannot write the output: /dev/full: "))
        #expect(!full.errors.contains("NSCocoaErrorDomain"), "\(full.errors)")
    }

    /// Says the shapes of a safetensors file, whose states it has, and how far the gates are from
    /// leading to the states: an LSTM's h = o tanh(c), a GRU's h = (1 - z) n + z h of the token
    /// before, in the first message.
    private static let readShapes = """
        import array, json, math, struct, sys
        raw = open(sys.argv[1], "rb").read()
        start = 8 + struct.unpack("<Q", raw[:8])[0]
        header = json.loads(raw[8:start])
        models = header.pop("__metadata__")["model"].split(",")
        shapes = {name: entry["shape"] for name, entry in header.items()}
        def values(name):
            begin, end = header[name]["data_offsets"]
            return array.array("f", raw[start + begin:start + end])
        def gru(layer, tokens):
            h, z, n = (values(f"{name}{layer}") for name in "hzn")
            size = shapes["h0"][1]
            return max(abs((1 - z[i]) * n[i] + z[i] * h[i - size] - h[i])
                       for i in range(size, tokens * size))
        def lstm(layer):
            h, c, o = (values(f"{name}{layer}.1") for name in "hco")
            return max(abs(o * math.tanh(c) - h) for h, c, o in zip(h, c, o))
        errors = [gru(0, 20), lstm(0)] if "r0" in header else []
        print(json.dumps({"models": models, "shapes": shapes, "errors": errors}))
        """

    /// A GRU read it first, then an LSTM.
    @Test func statesOfSeveralModelsAreExported() throws {
        let recorded = try TwoModelSession()
        let path = recorded.folder.path + "/s.safetensors"
        let made = try SluiceProcess.run([
            "replay", "export", "s", "--store", recorded.store, "--format", "safetensors", "-o",
            path,
        ])
        try #require(made.status == 0, "\(made.errors)")
        let read = try SluiceProcess.run(
            ["-c", Self.readShapes, path], executable: SluiceProcess.python)
        try #require(read.status == 0, "\(read.errors)")
        let found = try json(read.output)
        let shapes = try #require(found["shapes"] as? [String: [Int]])
        let (first, second) = (try recorded.tokens(of: 0), try recorded.tokens(of: 1))
        #expect(first > 0 && second > 0)
        #expect(shapes["h0"]?.first == first && shapes["c0"] == nil)
        #expect(shapes["h0.1"]?.first == second && shapes["c0.1"]?.first == second)
        #expect(shapes["ids"] == [first + second])
        for (names, suffix, like) in [("rzn", "", "h0"), ("ifgo", ".1", "h0.1")] {
            for name in names { #expect(shapes["\(name)0\(suffix)"] == shapes[like], "\(name)") }
        }
        #expect(shapes["i0"] == nil && shapes["r0.1"] == nil)
        let errors = try #require(found["errors"] as? [Double])
        #expect(errors.count == 2 && errors.allSatisfy { $0 < 1e-5 }, "\(errors)")
        let bare = recorded.folder.path + "/bare.safetensors"
        let small = try SluiceProcess.run([
            "replay", "export", "s", "--store", recorded.store, "--format", "safetensors",
            "--without-gates", "-o", bare,
        ])
        try #require(small.status == 0, "\(small.errors)")
        let rest = try json(
            SluiceProcess.run(["-c", Self.readShapes, bare], executable: SluiceProcess.python)
                .output)
        let kept = try #require(rest["shapes"] as? [String: [Int]])
        let gate = try Regex("[rznifgo][01](\\.1)?")
        #expect(try kept == shapes.filter { try gate.wholeMatch(in: $0.key) == nil })
        let models = try #require(found["models"] as? [String])
        #expect(try models.map { String($0.prefix(16)) } == recorded.models)
    }

    @Test func csvIsReadByOthers() throws {
        let recorded = try Recorded()
        let file = recorded.folder.path + "/a.csv"
        #expect(try recorded.replay("export", "a", "--format", "csv", "-o", file).status == 0)
        let script = """
            import csv, json, sys
            for row in csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8")):
                print(json.dumps({"text": row["text"], "top": json.loads(row["top"]),
                    "index": int(row["index"])}))
            """
        let read = try SluiceProcess.run(["-c", script, file], executable: SluiceProcess.python)
        try #require(read.status == 0, "\(read.errors)")
        let lines = try recorded.replay("export", "a").lines
        #expect(read.lines.count == lines.count)
        for (row, line) in zip(read.lines, lines) {
            let (row, token) = (try json(row), try json(line))
            #expect("\(row["text"] ?? "")" == "\(token["text"] ?? "")")
            #expect((row["top"] as? [[String: Any]])?.count == 5)
        }
    }

    // MARK: Publishing again

    @Test(arguments: [["--at-once"], ["--speed", "1000"]])
    func aSecondDaemonSaysTheSame(_ pace: [String]) throws {
        let recorded = try Recorded()
        let daemon = try ServedDaemon()
        let peers = try Peers()
        let events = try peers.puller(daemon)
        let endpoint = try daemon.endpoint(.in)
        let sent = try SluiceProcess.run(
            ["replay", "publish", "a", "--store", recorded.store, "--to", "\(endpoint)"] + pace)
        #expect(sent.status == 0, "\(sent.errors)")
        let again = try events.receiveEvents { $0.isEnd }
        let first = try #require(recorded.published["a"])
        // Errors name the endpoint that the input came by.
        #expect(again.filter { !$0.has("ipc://") } == first.filter { !$0.has("ipc://") })
        #expect(again.count == first.count)
        let renamed = try SluiceProcess.run(
            [
                "replay", "publish", "a", "--store", recorded.store, "--to", "\(endpoint)",
                "--at-once", "--as", "again",
            ])
        #expect(renamed.status == 0)
        let others = try events.receiveEvents { $0.isEnd }
        #expect(others.count == first.count)
        #expect(others.allSatisfy { $0.topic.hasSuffix("/again") })
    }

    /// What was recorded of a stream, as its store tells it.
    private func shown(_ stream: String, _ store: String) throws -> [String] {
        let result = try SluiceProcess.run(["replay", "show", stream, "--store", store])
        #expect(result.status == 0, "\(result.errors)")
        return result.lines
    }

    /// The daemon that it is sent to is killed after its first events, and comes back.
    @Test func aSessionArrivesWholeAndOnce() throws {
        let recorded = try Recorded()
        let folder = try TemporaryFolder()
        func serve() throws -> ServedDaemon {
            try ServedDaemon([.router, .all], journal: "commit_every = \"150ms\"", folder: folder)
        }
        let first = try serve()
        let peers = try Peers()
        let events = try peers.puller(first)
        let sending = try SluiceProcess([
            "replay", "publish", "a", "--store", recorded.store, "--reliable", "--at-once",
            "--window", "1", "--to", try first.endpoint(.router).text,
        ])
        // With one message under way at a time and 150 ms for each, most are still to come.
        _ = try events.receiveEvents { $0.topic == "next/a" }
        first.process.signal(SIGKILL)
        _ = try first.process.finish()
        let second = try serve()
        let result = try sending.finish()
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("lost the connection"))
        _ = try events.receiveEvents { $0.isEnd }
        try second.stop()
        let isFromHere = { (line: String) in line.contains("ipc://") }
        #expect(
            try shown("a", second.store).filter { !isFromHere($0) }
                == shown("a", recorded.store).filter { !isFromHere($0) })
        let listed = try SluiceProcess.run(["replay", "list", "--store", second.store])
        #expect(try json(listed.output)["requests"] as? Int == 15)
    }

    /// Interrupted in the pause before its second message, and taken up as it says then.
    @Test func aSessionIsTakenUpUnderItsNumbers() throws {
        let first = try ServedDaemon()
        let peers = try Peers()
        let pusher = try peers.pusher(first)
        let heard = try peers.puller(first)
        for number in 0..<4 {
            try pusher.send("s", "Message \(number).")
            _ = try heard.receiveEvents { $0.isMessageEnd }
        }
        try first.stop()
        let second = try ServedDaemon([.router, .all])
        let events = try peers.puller(second)
        let arguments = [
            "replay", "publish", "s", "--store", first.store, "--reliable", "--to",
            try second.endpoint(.router).text, "--producer", "again", "--start-seq", "0",
        ]
        let sending = try SluiceProcess(arguments + ["--speed", "0.000001"])
        _ = try events.receiveEvents { $0.isMessageEnd }
        sending.signal(SIGINT)
        let cut = try sending.finish()
        #expect(cut.status == 130, "\(cut.errors)")
        #expect(
            cut.errors.contains("with the same session and --producer 'again' --start-seq 0"))
        for had in [1, 4] {
            let result = try SluiceProcess.run(arguments + ["--at-once"])
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("had \(had) of 4 numbers"))
            #expect(result.errors.contains("'again' begins with --start-seq 4"))
        }
        try second.stop()
        #expect(try shown("s", second.store) == shown("s", first.store))
    }

    // MARK: Errors

    @Test func errorsSayWhatToDo() throws {
        let recorded = try Recorded()
        let unknown = try recorded.replay("show", "stay")
        #expect(unknown.status == 66)
        #expect(unknown.errors.contains("there is 'stays'"))
        let other = try recorded.replay("show", "a", "--life", "3")
        #expect(other.status == 66)
        #expect(other.errors.contains("its last is 0"))
        let place = try recorded.replay("show", "a", "--from", "soon")
        #expect(place.status == 64)
        #expect(place.errors.contains("token:120"))
        let missing = try SluiceProcess.run(["replay", "list", "--store", "/nowhere/at/all"])
        #expect(missing.status == 66)
        #expect(missing.errors.contains("there is no store"))
        let foreign = try recorded.folder.write("not a store", to: "other")
        #expect(
            try SluiceProcess.run(["replay", "list", "--store", foreign]).status == 65)
        try FileManager.default.removeItem(atPath: recorded.model)
        let model = try recorded.replay("show", "a")
        #expect(model.status == 66)
        #expect(model.errors.contains("it was last in /"))
        #expect(model.errors.contains("/model has no readable model"))
        #expect(model.errors.contains("--model"))
        let named = try recorded.replay("show", "a", "--model", Repository.smallModel)
        #expect(named.status == 0)
        #expect(try recorded.replay("verify", "--all").status == 66)
    }
}
