import Curve
import Dispatch
import Metrics
import Synchronization
import TestSupport
import Testing

@testable import ZeroMQ

/// A server's key and a list of clients', as a daemon has them.
private final class Keys: Sendable {
    let server = CurveKeyPair()
    private let admitted = Mutex<[CurvePublicKey: GateAdmission]>([:])

    /// A new client's key.
    func add(
        _ name: String, topics: [String]? = nil, limits: GatePeer.Limits = .init(),
        to pair: CurveKeyPair = CurveKeyPair()
    ) -> CurveKeyPair {
        let peer = GatePeer(
            name: name, publicKey: pair.publicKey, topics: topics.map { $0.map(bytes) },
            limits: limits)
        admitted.withLock { $0[pair.publicKey] = .admitted(peer) }
        return pair
    }

    func refuse(_ pair: CurveKeyPair, _ code: GateRefusal.Code, name: String?) {
        admitted.withLock {
            $0[pair.publicKey] = .refused(GateRefusal(code, "no"), name: name)
        }
    }

    var security: GateSecurity {
        GateSecurity(server) { [self] key in
            admitted.withLock { $0[key] }
                ?? .refused(GateRefusal(.key, "the key is not on the list"), name: nil)
        }
    }

    func options(_ pair: CurveKeyPair, serverKey: CurvePublicKey? = nil) -> SocketOptions {
        var options = SocketOptions.test()
        options.curve = .init(pair, serverKey: serverKey ?? server.publicKey)
        return options
    }
}

/// Encrypted endpoints, with libzmq's own clients.
@Suite(.timeLimit(.minutes(1))) struct CurveGateTests {
    private let served: ServedGate
    private let context: Context
    private let keys = Keys()

    init() throws {
        served = try ServedGate()
        context = try Context()
    }

    private func bind(
        _ socket: borrowing Socket, _ traffic: GateRules.Traffic = .messages,
        isEncrypted: Bool = true, credit: GateCredit? = nil
    ) throws -> Endpoint {
        var rules = GateRules()
        rules.traffic = traffic
        return try served.gate.bind(
            socket, to: loopback(), .test(), rules,
            security: isEncrypted ? keys.security : nil,
            credit: credit ?? served.gate.makeCredit())
    }

    private func socket(_ kind: SocketKind, _ options: SocketOptions = .test()) throws -> Socket {
        try Socket(kind, in: context, options: options)
    }

    @Test func messagesPassBothWaysAndTellTheirSender() throws {
        let credit = served.gate.makeCredit()
        let server = try socket(.router)
        let endpoint = try bind(server, credit: credit)
        let alice = keys.add("alice")
        let client = try socket(.dealer, keys.options(alice))
        try client.connect(endpoint)
        var message = Multipart(frameLimit: 4)
        for size in [0, 1, 100, 222, 223, 255, 256, 100_000, 3_000_000] {
            let body = [UInt8](repeating: 7, count: size)
            #expect(try client.send([bytes("a"), body]) == .sent)
            #expect(try server.receive(into: &message))
            credit.took(message, added: 1)
            #expect(message.copyFrame(2) == body)
            #expect(message.senderKey == alice.publicKey.text)
            #expect(credit.sender(of: message)?.peer.hasPrefix("127.0.0.1:") == true)
            credit.settle(isEmpty: false)
            #expect(credit.sender(of: message) == nil)
            #expect(try server.send(message.copyFrames()) == .sent)
            #expect(try client.receiveFrames() == [bytes("a"), body])
        }
        #expect(credit.connections.value == 1)
        #expect(served.gate.statistics.closed.counts.isEmpty)
    }

    /// What became of a client's handshake, and of its connection at the gate.
    private func outcome(
        _ options: SocketOptions, at endpoint: Endpoint
    ) throws -> (MonitorEvent.HandshakeFailure?, GateNotice) {
        var options = options
        options.reconnects = false
        let client = try socket(.push, options)
        var monitor = try client.monitor()
        try client.connect(endpoint)
        #expect(try client.send([bytes("secret")]) == .sent)
        let notice = try served.next()
        while let event = try monitor.next(wait: .untilTimeout) {
            if case .handshakeFailed(let failure) = event.kind { return (failure, notice) }
            if event.kind == .disconnected { return (nil, notice) }
        }
        return (nil, notice)
    }

    private func expectNothing(_ server: borrowing Socket) throws {
        try server.setReceiveTimeout(.milliseconds(20))
        var message = Multipart(frameLimit: 4)
        #expect(try !server.receive(into: &message))
    }

    @Test func aKeyThatIsNotOnTheListIsRefused() throws {
        let server = try socket(.pull)
        let endpoint = try bind(server)
        let (failure, notice) = try outcome(keys.options(CurveKeyPair()), at: endpoint)
        #expect(failure == .authentication(400))
        #expect(notice.refusal.code == .key && notice.isClosed)
        #expect(notice.peer.hasPrefix("127.0.0.1:"))
        try expectNothing(server)
        #expect(served.gate.statistics.closed[.key] == 1)
    }

    @Test func aKeyWithoutTheRightIsRefusedByName() throws {
        let server = try socket(.pull)
        let endpoint = try bind(server)
        let pair = CurveKeyPair()
        keys.refuse(pair, .right, name: "bob")
        let (failure, notice) = try outcome(keys.options(pair), at: endpoint)
        #expect(failure == .authentication(400))
        #expect(notice.refusal.code == .right && notice.refusal.key == "bob")
        try expectNothing(server)
    }

    @Test func aClientWithAnotherServersKeyIsRefused() throws {
        let server = try socket(.pull)
        let endpoint = try bind(server)
        let options = keys.options(keys.add("alice"), serverKey: CurveKeyPair().publicKey)
        let (_, notice) = try outcome(options, at: endpoint)
        #expect(notice.refusal.code == .curve)
        try expectNothing(server)
    }

    @Test func aClientWithoutAKeyIsTold() throws {
        let server = try socket(.pull)
        let endpoint = try bind(server)
        let (failure, notice) = try outcome(.test(), at: endpoint)
        #expect(failure == .mechanism)
        #expect(notice.refusal.code == .mechanism)
        try expectNothing(server)
    }

    @Test func aClientWithAKeyIsToldThatNobodyEncrypts() throws {
        let server = try socket(.pull)
        let endpoint = try bind(server, isEncrypted: false)
        let (failure, notice) = try outcome(keys.options(CurveKeyPair()), at: endpoint)
        #expect(failure == .mechanism)
        #expect(notice.refusal.code == .mechanism)
        try expectNothing(server)
    }

    @Test func subscriptionsAreNarrowed() throws {
        let xpub = try socket(.xpub)
        let endpoint = try bind(xpub, .subscriptions)
        let client = try socket(
            .xsub, keys.options(keys.add("a", topics: ["next/a.", "error/a."])))
        try client.connect(endpoint)
        // Not a subscription: it is dropped. A later frame would be one to libzmq.
        #expect(try client.send([bytes("hello"), [1] + bytes("next/b")]) == .sent)
        try client.subscribe("next/b.x")
        try client.subscribe("next/")
        #expect(try xpub.receiveFrames() == [[1] + bytes("next/a.")])
        let notice = try served.next()
        #expect(notice.refusal.code == .right && notice.refusal.key == "a" && !notice.isClosed)
        #expect(notice.refusal.reason.contains("next/b.x"))
        #expect(served.gate.statistics.refusedSubscriptions.value == 1)
        for topic in ["next/b.x", "next/a.1", "error/a.2"] {
            #expect(try xpub.send([bytes(topic), [], []]) == .sent)
        }
        #expect(try client.receiveFrames()[0] == bytes("next/a.1"))
        try client.subscribe("error/")
        #expect(try xpub.receiveFrames() == [[1] + bytes("error/a.")])
        let cancel = [0] + bytes("next/")
        #expect(try client.send(cancel.span) == .sent)
        #expect(try xpub.receiveFrames() == [[0] + bytes("next/a.")])
    }

    @Test func aKeyForAllStreamsSubscribesAsItLikes() throws {
        let xpub = try socket(.xpub)
        let endpoint = try bind(xpub, .subscriptions)
        let client = try socket(.sub, keys.options(keys.add("a")))
        try client.subscribe("")
        try client.connect(endpoint)
        #expect(try xpub.receiveFrames() == [[1]])
        #expect(try xpub.send([bytes("x"), bytes("y"), []]) == .sent)
        #expect(try client.receiveFrames() == [bytes("x"), bytes("y"), []])
    }

    /// A revoked key's connection is closed, and it cannot return; others stay.
    @Test func aRevokedKeyIsShutOut() throws {
        let server = try socket(.pull)
        let credit = served.gate.makeCredit()
        let endpoint = try bind(server, credit: credit)
        let (alice, bob) = (keys.add("alice"), keys.add("bob"))
        let first = try socket(.push, keys.options(alice))
        let second = try socket(.push, keys.options(bob))
        for client in [0, 1] {
            if client == 0 {
                try first.connect(endpoint)
                #expect(try first.send([bytes("1")]) == .sent)
            } else {
                try second.connect(endpoint)
                #expect(try second.send([bytes("2")]) == .sent)
            }
            _ = try server.receiveFrames()
        }
        keys.refuse(alice, .key, name: nil)
        served.gate.recheckPeers()
        let closed = try served.next()
        #expect(closed.refusal.code == .revoked && closed.refusal.key == "alice")
        _ = try first.send([bytes("3")], wait: .never)
        let returned = try served.next()
        #expect(returned.refusal.code == .key)
        #expect(try second.send([bytes("4")]) == .sent)
        #expect(try server.receiveFrames() == [bytes("4")])
        #expect(credit.connections.value == 1)
    }

    /// At a ROUTER no client takes the place of one with another key, whatever identity it chooses.
    @Test func identitiesBelongToTheirKeys() throws {
        let server = try socket(.router)
        let endpoint = try bind(server)
        var identities: Set<[UInt8]> = []
        for name in ["alice", "bob"] {
            var options = keys.options(keys.add(name))
            options.routingID = bytes("same")
            let client = try socket(.dealer, options)
            try client.connect(endpoint)
            #expect(try client.send([bytes(name)]) == .sent)
            let frames = try server.receiveFrames()
            identities.insert(frames[0])
            #expect(try server.send([frames[0], bytes("for \(name)")]) == .sent)
            #expect(try client.receiveFrames() == [bytes("for \(name)")])
        }
        #expect(identities.count == 2)
        #expect(identities.allSatisfy { $0.suffix(4) == bytes("same")[...] })
    }

    /// Heartbeats are commands, which are encrypted too.
    @Test func heartbeatsAreAnswered() throws {
        let server = try socket(.pull)
        let endpoint = try bind(server)
        var options = keys.options(keys.add("alice"))
        options.heartbeat = .init()
        options.heartbeat?.interval = .milliseconds(10)
        options.heartbeat?.timeout = .milliseconds(500)
        let client = try socket(.push, options)
        var monitor = try client.monitor()
        try client.connect(endpoint)
        for _ in 0..<20 {
            #expect(try client.send([bytes("x")]) == .sent)
            #expect(try server.receiveFrames() == [bytes("x")])
        }
        while let event = try monitor.next() { #expect(event.kind != .disconnected) }
    }

    /// Unfinished messages of an encrypted connection count as others do.
    @Test func limitsApplyToEncryptedMessages() throws {
        let server = try socket(.pull)
        var rules = GateRules()
        rules.frameBytes = 1000
        let endpoint = try served.gate.bind(
            server, to: loopback(), .test(), rules, security: keys.security,
            credit: served.gate.makeCredit())
        let client = try socket(.push, keys.options(keys.add("alice")))
        try client.connect(endpoint)
        #expect(try client.send([[UInt8](repeating: 1, count: 1000)]) == .sent)
        #expect(try server.receiveFrames()[0].count == 1000)
        #expect(try client.send([[UInt8](repeating: 1, count: 1001)]) == .sent)
        let notice = try served.next()
        #expect(notice.refusal.code == .frameBytes && notice.refusal.key == "alice")
    }
}
