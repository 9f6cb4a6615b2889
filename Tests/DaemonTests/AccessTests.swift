import Curve
import Daemon
import Foundation
import Glibc
import Logging
import Model
import ServiceLifecycle
import TestSupport
import Testing
import Wire
import ZeroMQ

extension Socket {
    /// The code of the answer to a control request; nil for success.
    fileprivate func ask(_ operation: ControlRequest.Operation) throws -> String? {
        #expect(try send([ControlRequest(operation, id: 1).json]) == .sent)
        let reply = try ControlReply(frames: receiveFrames())
        if case .failure(let refusal) = reply.outcome { return refusal.code }
        return nil
    }
}

/// Keeps a socket open.
private final class HeldSocket {
    private let socket: Socket
    init(_ socket: consuming Socket) { self.socket = socket }
}

/// Keys with rights and prefixes, with libzmq's clients.
@Suite struct AccessTests {
    private let alice = CurveKeyPair()
    private let bob = CurveKeyPair()
    private let carol = CurveKeyPair()

    private func key(
        _ name: String, _ pair: CurveKeyPair, _ rights: [AccessRight], _ prefixes: [String]? = nil
    ) -> AccessKey {
        AccessKey(name: name, publicKey: pair.publicKey, rights: rights, prefixes: prefixes)
    }

    @Test func acknowledgedMessagesOutsideThePrefixAreAnswered() throws {
        let locked = try LockedDaemon([
            key("alice", alice, [.publish], ["a."]), key("bob", bob, [.subscribe]),
        ])
        let watcher = try locked.connect(.pull, to: .push, bob)
        let dealer = try locked.connect(.dealer, to: .router, alice)
        try dealer.send("b.1", "stolen", #"{"seq":1}"#)
        let refused = try dealer.acknowledgement()
        #expect(refused.code == .notAllowed && refused.stream == "b.1")
        #expect(refused.seq == 1)
        // Malformed, for a stream of another: no event of that stream either.
        try dealer.send("b.1", "stolen", "nonsense")
        #expect(try dealer.acknowledgement().code == .notAllowed)
        try dealer.send("a.1", "fine", #"{"seq":2}"#)
        #expect(try dealer.acknowledgement().code == nil)
        // The first events that the output sends are of the allowed stream.
        #expect(try watcher.receiveEvent().topic.hasSuffix("/a.1"))
        #expect(locked.count("not_allowed.messages") == 2)
        #expect(locked.count("refused.header") == 0)
        let line = try #require(locked.logged("is not for the stream 'b.1'").first)
        #expect(line.metadata["key"] == "alice" && line.metadata["code"] == "not_allowed")
        #expect(line.metadata["peer"]?.hasPrefix("127.0.0.1:") == true)
    }

    @Test func messagesOutsideThePrefixAreCountedAndDropped() throws {
        let locked = try LockedDaemon([
            key("alice", alice, [.publish], ["a."]), key("bob", bob, [.subscribe]),
        ])
        let watcher = try locked.connect(.pull, to: .push, bob)
        let pusher = try locked.connect(.push, to: .pull, alice)
        for _ in 0..<20 { try pusher.send("b.1", "stolen") }
        // Plain text is the default stream's.
        #expect(try pusher.send([bytes("stolen")]) == .sent)
        try pusher.send("a.1", "fine")
        #expect(try watcher.receiveEvent().topic.hasSuffix("/a.1"))
        #expect(locked.count("not_allowed.messages") == 21)
        #expect(locked.logged("is not for the stream").count <= 10, "the rate of lines is limited")
        #expect(locked.count("streams") == 1)
        // A PUB is told the daemon's subscription through the encryption.
        let publisher = try locked.connect(.xpub, to: .sub, alice)
        #expect(try publisher.receiveFrames() == [[1]])
        try publisher.send("b.1", "stolen")
        try publisher.send("a.2", "fine")
        while try !watcher.receiveEvent().topic.hasSuffix("/a.2") {}
        #expect(locked.count("not_allowed.messages") == 22)
    }

    @Test func whoMayNotIsNotLetIn() throws {
        let locked = try LockedDaemon([
            key("alice", alice, [.subscribe], ["a."]), key("bob", bob, [.publish]),
        ])
        // Without the right to publish, to subscribe, to be sent everything, to control.
        let stranger = CurveKeyPair()
        var held: [HeldSocket] = []
        held.append(.init(try locked.connect(.push, to: .pull, alice)))
        held.append(.init(try locked.connect(.dealer, to: .router, alice)))
        held.append(.init(try locked.connect(.sub, to: .xpub, bob)))
        held.append(.init(try locked.connect(.pull, to: .push, alice)))
        let control = locked.daemon.controlEndpoints[0]
        held.append(.init(try locked.connect(.dealer, control, locked.options(bob))))
        try locked.waitUntil("closed.right", is: 5)
        held.append(.init(try locked.connect(.push, to: .pull, stranger)))
        try locked.waitUntil("closed.key", is: 1)
        let input = locked.daemon.inputEndpoints[1]
        held.append(.init(try locked.connect(.push, input, .test())))
        try locked.waitUntil("closed.mechanism", is: 1)
        var wrong = locked.options(bob)
        wrong.curve = .init(bob, serverKey: stranger.publicKey)
        held.append(.init(try locked.connect(.push, input, wrong)))
        try locked.waitUntil("closed.curve", is: 1)
        #expect(locked.count("connections.open") == 0)
        #expect(locked.count("requests") == 0)
        #expect(locked.logged("has no right to publish").first?.metadata["key"] == "alice")
        #expect(held.count == 8)
    }

    @Test func subscribersSeeTheirStreams() throws {
        let locked = try LockedDaemon([
            key("alice", alice, [.subscribe], ["a."]), key("bob", bob, [.publish]),
        ])
        let subscriber = try locked.connect(.sub, to: .xpub, alice)
        try subscriber.subscribe("next/b")
        try locked.waitUntil("subscriptions.refused", is: 1)
        let dealer = try locked.connect(.dealer, to: .router, bob)
        for stream in ["b.1", "a.1", "ab", "b.1"] {
            try dealer.send(stream, "text", #"{"seq":1}"#)
            _ = try dealer.acknowledgement()
        }
        try dealer.send("a.1", "", #"{"op":"end"}"#)
        let events = try subscriber.receiveEvents(untilEnded: 1)
        #expect(events.allSatisfy { $0.topic.hasSuffix("/a.1") })
    }

    @Test func subscribersMayHaveWhatTheyMissed() throws {
        let locked = try LockedDaemon([
            key("alice", alice, [.subscribe], ["a."]), key("bob", bob, [.publish]),
        ])
        let dealer = try locked.connect(.dealer, to: .router, bob)
        for stream in ["a.1", "b.1"] {
            try dealer.send(stream, "text", #"{"seq":1}"#)
            #expect(try dealer.acknowledgement().code == nil)
        }
        let (own, other) = (try StreamID("a.1"), try StreamID("b.1"))
        let asker = try locked.connect(
            .dealer, locked.daemon.controlEndpoints[0], locked.options(alice))
        let page = ControlBackfill(ControlPosition(own), ranges: [.next: 0..<UInt64.max])
        // Allowed, but there is no store.
        #expect(try asker.ask(.position(ControlPosition(own))) == "durability_off")
        #expect(try asker.ask(.backfill(page)) == "durability_off")
        #expect(try asker.ask(.list(ControlList())) == nil)
        let refused: [ControlRequest.Operation] = [
            .position(ControlPosition(other)),
            .backfill(ControlBackfill(ControlPosition(other), ranges: [.next: 0..<UInt64.max])),
            .show(own), .get(own), .reset(own), .status, .connections,
        ]
        for operation in refused { #expect(try asker.ask(operation) == "not_allowed") }
        #expect(locked.count("not_allowed.requests") == refused.count)
    }

    @Test func aRevokedKeyIsRefusedFromThatMoment() throws {
        let locked = try LockedDaemon([
            key("alice", alice, [.publish, .subscribe, .control]), key("bob", bob, [.publish]),
        ])
        let dealer = try locked.connect(.dealer, to: .router, alice)
        try dealer.send("a", "text", #"{"seq":1}"#)
        #expect(try dealer.acknowledgement().code == nil)
        let subscriber = try locked.connect(.sub, to: .xpub, alice)
        let puller = HeldSocket(try locked.connect(.pull, to: .push, alice))
        try locked.waitUntil("connections.open", is: 3)
        try locked.revoke("alice")
        try locked.waitUntil("closed.revoked", is: 3)
        try locked.waitUntil("connections.open", is: 0)
        let other = try locked.connect(.dealer, to: .router, bob)
        try other.send("a", "text", #"{"seq":1}"#)
        #expect(try other.acknowledgement().code == nil)
        try subscriber.setReceiveTimeout(.milliseconds(20))
        var message = Multipart(frameLimit: 4)
        while try subscriber.receive(into: &message) {
            #expect(!String(decoding: message.copyFrame(1), as: UTF8.self).contains("text\""))
        }
        #expect(locked.count("requests") == 2)
        withExtendedLifetime(puller) {}
    }

    @Test func controlNeedsTheRightAndThePrefix() throws {
        let locked = try LockedDaemon([
            key("alice", alice, [.control], ["a."]), key("bob", bob, [.publish]),
            key("carol", carol, [.admin]),
        ])
        let publisher = try locked.connect(.dealer, to: .router, bob)
        for stream in ["a.1", "b.1"] {
            try publisher.send(stream, "text", #"{"seq":1}"#)
            _ = try publisher.acknowledgement()
        }
        let control = locked.daemon.controlEndpoints[0]
        let asker = try locked.connect(.dealer, control, locked.options(alice))
        let mine = try StreamID("a.1")
        let other = try StreamID("b.1")
        #expect(try asker.ask(.status) == nil)
        #expect(try asker.ask(.show(mine)) == nil)
        let refused: [ControlRequest.Operation] = [
            .show(other), .get(other), .reset(other), .end(other), .flush(other),
        ]
        for operation in refused { #expect(try asker.ask(operation) == "not_allowed") }
        #expect(locked.count("not_allowed.requests") == 5)
        // A list shows what the key is for.
        #expect(try asker.send([ControlRequest(.list(ControlList()), id: 2).json]) == .sent)
        let list = String(decoding: try asker.receiveFrames()[0], as: UTF8.self)
        #expect(list.contains("a.1") && !list.contains("b.1"))
        #expect(try asker.ask(.reset(mine)) == nil)
        let local = try locked.connect(.dealer, locked.daemon.controlEndpoints[1], .test())
        #expect(try local.send([ControlRequest(.connections, id: 3).json]) == .sent)
        let connections = String(decoding: try local.receiveFrames()[0], as: UTF8.self)
        #expect(connections.contains(#""key":"alice""#) && connections.contains(#""key":"bob""#))
        // The right to administer is not the right to see streams.
        let admin = try locked.connect(.dealer, control, locked.options(carol))
        #expect(try admin.ask(.show(mine)) == "not_allowed")
        // By ipc the daemon's own user needs no key.
        #expect(try local.ask(.end(other)) == nil)
        let lines = locked.log.lines.filter { $0.metadata["operation"] != nil }
        func line(_ operation: String, _ outcome: String, _ stream: String) -> RecordedLog.Line? {
            lines.first {
                $0.metadata["operation"] == operation && $0.metadata["outcome"] == outcome
                    && $0.metadata["stream"] == "\"\(stream)\""
            }
        }
        #expect(line("reset", "ok", "a.1")?.metadata["key"] == "alice")
        #expect(line("reset", "ok", "a.1")?.level == .notice)
        #expect(line("reset", "not_allowed", "b.1")?.metadata["peer"]?.hasPrefix("127.") == true)
        let ended = line("end", "ok", "b.1")
        #expect(ended?.metadata["key"] == "none")
        #expect(ended?.metadata["peer"] == "process \(getpid()), user \(geteuid())")
    }

    /// A snapshot names its stream itself.
    @Test func aSnapshotOutsideThePrefixIsRefused() throws {
        let locked = try LockedDaemon([
            key("alice", alice, [.control], ["a."]), key("bob", bob, [.publish, .control]),
        ])
        let publisher = try locked.connect(.dealer, to: .router, bob)
        try publisher.send("b.1", "text", #"{"seq":1}"#)
        _ = try publisher.acknowledgement()
        let control = locked.daemon.controlEndpoints[0]
        let asker = try locked.connect(.dealer, control, locked.options(bob))
        #expect(try asker.send([ControlRequest(.get(StreamID("b.1")), id: 1).json]) == .sent)
        let snapshot = try asker.receiveFrames()[1]
        let thief = try locked.connect(.dealer, control, locked.options(alice))
        let put = ControlRequest(.put(as: nil, replace: true), id: 2).json
        #expect(try thief.send([put, snapshot]) == .sent)
        let reply = try ControlReply(frames: thief.receiveFrames())
        #expect(throws: ControlRefusal.self) { _ = try reply.outcome.get() }
        let named = ControlRequest(.put(as: try StreamID("a.2"), replace: false), id: 3).json
        #expect(try thief.send([named, snapshot]) == .sent)
        _ = try ControlReply(frames: thief.receiveFrames()).outcome.get()
    }

    @Test func ipcSocketsAreTheUsersOwn() throws {
        let model = try TestModel.make(TestModel.config(.gru, layers: 1, hidden: 4))
        func modes(_ change: (inout Configuration) -> Void) throws -> [Int] {
            let folder = try TemporaryFolder()
            var configuration = Configuration.of(
                [.of(.pull, [try Endpoint("ipc://\(folder.path)/in")])],
                [.of(.xpub, [try Endpoint("ipc://\(folder.path)/out")])])
            configuration.control.bind = [try Endpoint("ipc://\(folder.path)/control")]
            configuration.journal.durability = .off
            change(&configuration)
            let daemon = try Daemon(configuration, model: model, logger: RecordedLog().logger)
            let run = Task { try await daemon.run() }
            defer { run.cancel() }
            return try ["in", "out", "control"].map { name in
                let attributes = try FileManager.default.attributesOfItem(
                    atPath: folder.path(name))
                return try #require(attributes[.posixPermissions] as? Int)
            }
        }
        #expect(try modes { _ in } == [0o600, 0o600, 0o600])
        #expect(try modes { $0.access.ipcMode = 0o660 } == [0o660, 0o660, 0o600])
        #expect(throws: AccessError.self) {
            _ = try modes { $0.access.ipcGroup = "no such group" }
        }
    }
}
