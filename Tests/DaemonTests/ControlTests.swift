import Daemon
import Engine
import Foundation
import Glibc
import Kernels
import Model
import StrictTOML
import Synchronization
import TestSupport
import Testing
import Wire
import ZeroMQ

/// The control socket on real sockets: looking at streams, taking and putting them.
@Suite struct ControlTests {
    private let folder: TemporaryFolder
    private let context: Context
    private let model = try! TestModel.make(TestModel.config(.gru, layers: 2, hidden: 8))

    init() throws {
        folder = try TemporaryFolder()
        context = try Context()
    }

    /// A daemon with a ROUTER in, so that a test knows when a text was accepted, and a control
    /// socket.
    private func daemon(
        _ name: String = "a", keeps: Bool = true, model: Model? = nil,
        change: (inout Configuration) -> Void = { _ in }
    ) throws -> RunningDaemon {
        var configuration = Configuration.of(
            [.of(.router, [try Endpoint("ipc://\(folder.path)/\(name)-in")])],
            [.of(.push, [try Endpoint("ipc://\(folder.path)/\(name)-out")], slowReader: .drop)],
            threads: 2)
        configuration.control.bind = [try Endpoint("ipc://\(folder.path)/\(name)-control")]
        configuration.journal.durability = keeps ? .commit : .off
        configuration.journal.path = "\(folder.path)/\(name).sqlite"
        change(&configuration)
        return try RunningDaemon(configuration, model: model ?? self.model)
    }

    private func peer(_ kind: SocketKind, _ endpoint: Endpoint) throws -> Socket {
        let socket = try Socket(kind, in: context, options: .test())
        try socket.connect(endpoint)
        return socket
    }

    private func asker(_ running: RunningDaemon) throws -> Asker {
        Asker(socket: try peer(.dealer, running.daemon.controlEndpoints[0]))
    }

    /// Returns once the daemon has accepted the text.
    private func send(
        _ running: RunningDaemon, _ stream: String, _ text: String, more: Bool = false
    ) throws {
        let dealer = try peer(.dealer, running.daemon.inputEndpoints[0])
        try dealer.send(stream, text, #"{"more":\#(more)}"#)
        _ = try dealer.receiveFrames()
    }

    // MARK: Looking

    @Test(arguments: [true, false]) func listsPageByPage(keeps: Bool) throws {
        let daemon = try daemon(keeps: keeps)
        var asker = try asker(daemon)
        let names = ["b", "a", "c/1", "c/2", "é", "c/10", "z"]
        for name in names { try send(daemon, name, "text") }
        var list = ControlList()
        list.limit = 3
        var found: [String] = []
        repeat {
            let page = try asker.ask(.list(list), StreamListing.self)
            #expect(page.streams.allSatisfy { $0.residence == .resident && $0.lastInput != nil })
            #expect(page.streams.count == 3 || page.next == nil)
            found += page.streams.map(\.stream)
            list.after = page.next
        } while list.after != nil
        #expect(found == ["a", "b", "c/1", "c/10", "c/2", "z", "é"])
        list = ControlList()
        list.prefix = "c/"
        #expect(
            try asker.ask(.list(list), StreamListing.self).streams.map(\.stream)
                == ["c/1", "c/10", "c/2"])
        _ = try asker.ask(.end(StreamID("a")), ChangedStream.self)
        list = ControlList()
        #expect(
            try !asker.ask(.list(list), StreamListing.self).streams.contains { $0.stream == "a" })
        list.includesEnded = true
        // A stream has ended in the store once that has been committed.
        var ended: ListedStream?
        while keeps, ended?.residence != .ended {
            ended = try asker.ask(.list(list), StreamListing.self).streams.first
        }
        #expect(ended?.stream == (keeps ? "a" : nil))
        daemon.stop()
    }

    /// Looking at an evicted stream does not bring it back.
    @Test func whatIsEvictedIsSeen() throws {
        let daemon = try daemon { configuration in
            configuration.engine.threads = 1
            configuration.engine.maxStreams = 2
        }
        var asker = try asker(daemon)
        for name in ["a", "b", "c", "d"] { try send(daemon, name, "text of \(name)") }
        var streams: [ListedStream] = []
        while streams.filter({ $0.residence == .evicted && $0.messages == 1 }).count < 2 {
            streams = try asker.ask(.list(ControlList()), StreamListing.self).streams
        }
        #expect(streams.map(\.stream) == ["a", "b", "c", "d"])
        #expect(streams.allSatisfy { $0.tokens == 9 })
        #expect(try asker.ask(.show(StreamID("a")), StreamReport.self).offset == 9)
        let status = try asker.ask(.status, DaemonStatus.self)
        #expect(status.counters["evicted"] == 2 && status.counters["resumed"] == 0)
        daemon.stop()
    }

    @Test func showsWhereAStreamStands() throws {
        let daemon = try daemon()
        var asker = try asker(daemon)
        try send(daemon, "a", "one")
        try send(daemon, "a", "two ☂", more: true)
        let report = try asker.ask(.show(StreamID("a")), StreamReport.self)
        #expect(report.stream == "a" && report.model == model.fingerprint.hex)
        #expect(report.tokens == 10 && report.offset == 10 && report.messages == 1)
        #expect(report.messageStart == 3 && !report.isQuarantined)
        #expect(report.lastToken?.id == 0x82 && report.lastToken?.offset == [9, 10])
        #expect(report.norms?.map(\.name) == ["h0", "h1"])
        #expect(report.norms?.allSatisfy { $0.norm > 0 && $0.largest <= $0.norm } == true)
        #expect(report.values == 16 && report.digest.count == 32)
        #expect(try asker.refusal(.show(StreamID("b"))).code == "no_such_stream")
        daemon.stop()
    }

    @Test func tellsItsStatus() throws {
        let daemon = try daemon()
        var asker = try asker(daemon)
        try send(daemon, "a", "four")
        _ = try asker.ask(.show(StreamID("a")), StreamReport.self)
        var status = try asker.ask(.status, DaemonStatus.self)
        // The stream's state does not wait for the commit.
        let deadline = ContinuousClock.now + .seconds(10)
        while status.journal.commits == 0, .now < deadline {
            status = try asker.ask(.status, DaemonStatus.self)
        }
        #expect(status.version == sluiceVersion && status.threads == 2 && status.uptime > 0)
        #expect(status.model.fingerprint == model.fingerprint.hex)
        #expect(status.counters["requests"] == 1 && status.counters["tokens"] == 4)
        #expect(status.counters["rows"] == 5)
        #expect(status.journal.durability == "commit" && status.journal.problem == nil)
        #expect(status.journal.store == "\(folder.path)/a.sqlite" && status.journal.commits > 0)
        daemon.stop()
    }

    // MARK: Moving

    @Test(arguments: [true, false]) func aSnapshotIsPutUnderAnyName(keeps: Bool) throws {
        let (one, two) = (try daemon("a", keeps: keeps), try daemon("b", keeps: keeps))
        var first = try asker(one)
        var second = try asker(two)
        try send(one, "a", "text that is open", more: true)
        let (taken, bytes) = try first.askWithPayload(.get(StreamID("a")), MovedStream.self)
        let snapshot = try StreamSnapshot(decoding: try #require(bytes))
        #expect(snapshot.stream.text == "a" && taken.bytes == bytes?.count)
        for name in [nil, "other"] {
            let id = try name.map { try StreamID($0) }
            let put = try second.ask(
                .put(as: id, replace: false), payload: bytes, MovedStream.self)
            #expect(put.stream == name ?? "a" && put.digest == taken.digest)
            let report = try second.ask(.show(StreamID(put.stream)), StreamReport.self)
            #expect(report.offset == 17 && report.messageStart == 0)
        }
        // Neither is harmed by the attempt.
        #expect(
            try second.refusal(.put(as: nil, replace: false), payload: bytes).code
                == "stream_exists")
        #expect(try second.ask(.show(StreamID("a")), StreamReport.self).offset == 17)
        one.stop()
        two.stop()
    }

    @Test func replacingEndsWhatWasThere() throws {
        let daemon = try daemon()
        var asker = try asker(daemon)
        try send(daemon, "a", "first")
        let (_, bytes) = try asker.askWithPayload(.get(StreamID("a")), MovedStream.self)
        try send(daemon, "a", "second")
        for name in ["a", "new"] {
            _ = try asker.ask(
                .put(as: StreamID(name), replace: true), payload: bytes, MovedStream.self)
            let report = try asker.ask(.show(StreamID(name)), StreamReport.self)
            #expect(report.offset == 5 && report.messages == 1)
        }
        daemon.stop()
        #expect(try daemon.refused("no_such_stream") == nil)
    }

    /// What cannot be put ends nothing.
    @Test func aBadSnapshotReplacesNothing() throws {
        let foreign = try daemon("b", model: TestModel.make(TestModel.config(.rnn)))
        let daemon = try daemon()
        var own = try asker(daemon)
        var other = try asker(foreign)
        try send(daemon, "a", "first")
        try send(foreign, "a", "other")
        let (_, theirs) = try other.askWithPayload(.get(StreamID("a")), MovedStream.self)
        let (_, ours) = try own.askWithPayload(.get(StreamID("a")), MovedStream.self)
        var damaged = try #require(ours)
        damaged[60] ^= 1
        for bytes in [theirs, damaged, [], [UInt8](repeating: 0, count: 1000)] {
            let refusal = try own.refusal(.put(as: nil, replace: true), payload: bytes ?? [])
            #expect(refusal.code == "snapshot", "\(refusal)")
        }
        let refusal = try own.refusal(.put(as: nil, replace: true), payload: theirs)
        #expect(refusal.reason.contains(model.fingerprint.short), "\(refusal)")
        #expect(try own.ask(.show(StreamID("a")), StreamReport.self).offset == 5)
        daemon.stop()
        foreign.stop()
    }

    @Test func changesAreCarriedOut() throws {
        let daemon = try daemon()
        var asker = try asker(daemon)
        try send(daemon, "a", "open", more: true)
        let id = try StreamID("a")
        #expect(try asker.ask(.flush(id), ChangedStream.self).stream == "a")
        #expect(try asker.ask(.reset(id), ChangedStream.self).stream == "a")
        let report = try asker.ask(.show(id), StreamReport.self)
        #expect(report.epoch == 1 && report.tokens == 0 && report.incarnationTokens == 4)
        #expect(try asker.ask(.end(id), ChangedStream.self).stream == "a")
        for operation in [ControlRequest.Operation.show(id), .get(id), .reset(id), .end(id)] {
            #expect(try asker.refusal(operation).code == "no_such_stream")
        }
        daemon.stop()
    }

    // MARK: Peers that are difficult

    @Test func aREQIsAnswered() throws {
        let daemon = try daemon(keeps: false)
        let socket = try peer(.req, daemon.daemon.controlEndpoints[0])
        for _ in 0..<3 {
            try socket.send(#"{"op":"status"}"#)
            let reply = try ControlReply(frames: socket.receiveFrames())
            #expect(try reply.result(as: DaemonStatus.self).threads == 2)
        }
        daemon.stop()
    }

    /// With ZMQ_REQ_CORRELATE, or behind proxies.
    @Test func theWholeEnvelopeComesBack() throws {
        let daemon = try daemon(keeps: false)
        let socket = try peer(.dealer, daemon.daemon.controlEndpoints[0])
        for envelope in [[[1, 2, 3, 4], []], [[0, 1], [0, 2], []]] as [[[UInt8]]] {
            #expect(try socket.send(envelope + [bytes(#"{"op":"status"}"#)]) == .sent)
            let frames = try socket.receiveFrames()
            #expect(Array(frames.prefix(envelope.count)) == envelope)
            let reply = try ControlReply(frames: Array(frames.dropFirst(envelope.count)))
            #expect(try reply.result(as: DaemonStatus.self).threads == 2)
        }
        daemon.stop()
    }

    /// An administrator of another user's reaches none of it.
    @Test func itsSocketIsTheUsersAlone() throws {
        let mask = umask(0)
        defer { umask(mask) }
        let daemon = try daemon(keeps: false)
        var status = stat()
        #expect(unsafe stat("\(folder.path)/a-control", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(umask(0) == 0)
        daemon.stop()
    }

    @Test(.enabled(if: hasIPv6)) func itListensOnIPv6() throws {
        let daemon = try daemon(keeps: false) { configuration in
            configuration.control.bind = (try? Endpoint("tcp://[::1]:*")).map { [$0] }
        }
        let endpoint = daemon.daemon.controlEndpoints[0]
        #expect(endpoint.text.hasPrefix("tcp://[::1]:"))
        let socket = try peer(.req, endpoint)
        try socket.send(#"{"op":"status"}"#)
        let reply = try ControlReply(frames: socket.receiveFrames())
        #expect(try reply.result(as: DaemonStatus.self).threads == 2)
        daemon.stop()
    }

    @Test func whatIsNoRequestIsAnswered() throws {
        let daemon = try daemon(keeps: false)
        let socket = try peer(.dealer, daemon.daemon.controlEndpoints[0])
        let messages: [[String]] = [
            [""], ["not json"], ["{}"], [#"{"op":"nothing","id":3}"#], [#"{"op":"put"}"#],
            [#"{"op":"get","stream":"a"}"#, "payload"], ["", ""], ["a", "b", "c"],
            ["a", "b", "c", "d", "e", "f"], [#"{"op":"get","stream":"\u0000"}"#],
        ]
        for message in messages {
            #expect(try socket.send(message.map(bytes)) == .sent)
            let frames = try socket.receiveFrames()
            let reply = try ControlReply(frames: Array(frames.drop(while: \.isEmpty)))
            #expect(throws: ControlRefusal.self) { try reply.outcome.get() }
            #expect(reply.id == (message[0].contains("nothing") ? 3 : nil))
        }
        var asker = try asker(daemon)
        #expect(try asker.ask(.status, DaemonStatus.self).counters["requests"] == 0)
        daemon.stop()
    }

    /// Those who ask and go, or ask and never read, hold up nobody.
    @Test func whoDoesNotReadHoldsUpNobody() throws {
        let daemon = try daemon(keeps: false)
        try send(daemon, "a", "text")
        let get = try ControlRequest(.get(StreamID("a"))).json
        let silent = try peer(.dealer, daemon.daemon.controlEndpoints[0])
        for _ in 0..<20 {
            let gone = try peer(.dealer, daemon.daemon.controlEndpoints[0])
            for _ in 0..<50 {
                _ = try gone.send([get])
                _ = try silent.send([get])
            }
        }
        var asker = try asker(daemon)
        /// While the others' requests leave no room, the answer is to ask again.
        func offset() throws -> UInt64 {
            while true {
                do {
                    return try asker.ask(.show(StreamID("a")), StreamReport.self).offset
                } catch let refusal as ControlRefusal
                    where refusal.code == ControlRefusal.Code.busy
                { continue }
            }
        }
        for _ in 0..<20 { #expect(try offset() == 4) }
        try send(daemon, "a", "text")
        #expect(try offset() == 8)
        daemon.stop()
    }

    /// While a reader holds the streams up, as many may be asked for as there is room, and the
    /// status still comes.
    @Test func whatWaitsIsBounded() throws {
        let daemon = try daemon(keeps: false) { configuration in
            configuration.outputs[0].slowReader = .block
            configuration.outputs[0].socket.sendHighWaterMark = 1
            configuration.engine.threads = 1
        }
        // Nobody reads: the shard waits once the output's queue is full.
        let pusher = try peer(.dealer, daemon.daemon.inputEndpoints[0])
        let text = String(repeating: "many words ", count: 4_000)
        try pusher.send("a", text)
        _ = try pusher.receiveFrames()
        let socket = try peer(.dealer, daemon.daemon.controlEndpoints[0])
        for id in 0..<80 {
            let request = ControlRequest(.show(try StreamID("a")), id: UInt64(id))
            _ = try socket.send([request.json])
        }
        for _ in 0..<16 {
            let reply = try ControlReply(frames: socket.receiveFrames())
            let refusal = #expect(throws: ControlRefusal.self) { try reply.outcome.get() }
            #expect(refusal?.code == "busy" && reply.id.map { $0 >= 64 } == true)
        }
        var asker = try asker(daemon)
        #expect(try asker.ask(.status, DaemonStatus.self).threads == 1)
        // Somebody reads: all are answered.
        let puller = try peer(.pull, daemon.daemon.outputEndpoints[0])
        var (answers, events) = (0, 0)
        var message = Multipart(frameLimit: 3)
        var poller = Poller()
        poller.add(puller)
        poller.add(socket)
        while answers < 64 {
            try poller.wait(timeout: patience)
            try #require(
                poller.isReadable(0) || poller.isReadable(1),
                "nothing comes any more after \(answers) answers and \(events) events")
            while try puller.receive(into: &message, wait: .never) { events += 1 }
            while try socket.receive(into: &message, wait: .never) {
                answers += 1
                let reply = try ControlReply(frames: message.copyFrames())
                #expect(try reply.result(as: StreamReport.self).offset == UInt64(text.utf8.count))
            }
        }
        daemon.stop()
    }

    @Test func itsEndpointIsNoOtherSocketsToo() throws {
        var configuration = Configuration()
        configuration.control.bind = [Configuration.DefaultEndpoint.pull]
        #expect(throws: ConfigurationError.self) { try configuration.check(source: "test") }
    }
}

/// Whether this machine has an IPv6 loopback.
private let hasIPv6: Bool = {
    guard let context = try? Context(), let socket = try? Socket(.pair, in: context),
        let endpoint = try? Endpoint("tcp://[::1]:*")
    else { return false }
    return (try? socket.bind(endpoint)) != nil
}()
