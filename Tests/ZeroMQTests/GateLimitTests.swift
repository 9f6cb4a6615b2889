import Curve
import Dispatch
import Metrics
import TestSupport
import Testing

@testable import ZeroMQ

/// Connections that do nothing, or too much of what costs the gate time.
@Suite(.timeLimit(.minutes(1))) struct GateLimitTests {
    private let served: ServedGate
    private let context: Context
    private let server = CurveKeyPair()

    init() throws {
        var totals = GateTotals()
        (totals.handshakes, totals.addressHandshakes) = (20, 10)
        served = try ServedGate(totals)
        context = try Context()
    }

    private func bind(
        _ socket: borrowing Socket, isEncrypted: Bool = false, limits: GatePeer.Limits = .init(),
        credit: GateCredit? = nil, _ change: (inout GateRules) -> Void = { _ in }
    ) throws -> Endpoint {
        var rules = GateRules()
        change(&rules)
        let security = GateSecurity(server) { key in
            .admitted(GatePeer(name: "alice", publicKey: key, limits: limits))
        }
        return try served.gate.bind(
            socket, to: loopback(), .test(), rules, security: isEncrypted ? security : nil,
            credit: credit ?? served.gate.makeCredit())
    }

    private func socket(_ kind: SocketKind, isEncrypted: Bool = false) throws -> Socket {
        var options = SocketOptions.test()
        if isEncrypted { options.curve = .init(CurveKeyPair(), serverKey: server.publicKey) }
        return try Socket(kind, in: context, options: options)
    }

    /// More come at once than the rate and its burst allow: they wait, and all are served.
    @Test func handshakesBeyondTheRateWait() throws {
        let pull = try socket(.pull)
        let endpoint = try bind(pull, isEncrypted: true)
        let start = ContinuousClock.now
        var clients: [HeldClient] = []
        for index in 0..<14 {
            let client = try socket(.push, isEncrypted: true)
            try client.connect(endpoint)
            #expect(try client.send([bytes("\(index)")]) == .sent)
            clients.append(HeldClient(client))
        }
        var received: Set<String> = []
        while received.count < 14 {
            received.insert(String(decoding: try pull.receiveFrames()[0], as: UTF8.self))
        }
        // Ten at once, and four at ten a second.
        #expect(start.duration(to: .now) >= .milliseconds(350))
        #expect(served.gate.statistics.closed.counts.isEmpty)
    }

    /// Those who say hello endlessly take no time from others.
    @Test func aFloodOfHellosHoldsNobodyUp() throws {
        let pull = try socket(.pull)
        let encrypted = try bind(pull, isEncrypted: true) { $0.addressHalfOpen = 8 }
        let other = try socket(.pull)
        let plain = try bind(other)
        let witness = try socket(.push)
        try witness.connect(plain)
        let hello =
            ZMTPGreeting.bytes(.curve, isServer: false)
            + ZMTPFrames.bytes(
                [5] + bytes("HELLO") + [1, 0] + [UInt8](repeating: 7, count: 192), flags: 4)
        var flood: [RawPeer] = []
        for index in 0..<60 {
            let peer = try RawPeer(encrypted.text)
            peer.send(hello)
            flood.append(peer)
            #expect(try witness.send([bytes("\(index)")]) == .sent)
            #expect(try other.receiveFrames() == [bytes("\(index)")])
        }
        // Each hello that was looked at was wrong; all others had to make room.
        let closed = served.gate.statistics.closed
        let deadline = ContinuousClock.now + .seconds(20)
        while closed[.curve] + closed[.handshake] < 52 {
            let isInTime = ContinuousClock.now < deadline
            try #require(isInTime, "\(closed.counts)")
        }
        #expect(closed[.handshake] >= 1)
    }

    @Test func halfOpenConnectionsOfOneAddressMakeRoom() throws {
        let pull = try socket(.pull)
        let endpoint = try bind(pull) { ($0.addressHalfOpen, $0.halfOpen) = (3, 5) }
        let idle = try (0..<4).map { _ in try RawPeer(endpoint.text) }
        let notice = try served.next()
        #expect(notice.refusal.code == .handshake)
        #expect(notice.refusal.reason.contains("3 others of its address"))
        #expect(idle[0].receiveUntilClosed() == [])
        // A client of the same address comes through all the same.
        let client = try rawClient(endpoint, as: "PUSH")
        client.send(ZMTP.frame(bytes("hello")))
        #expect(try pull.receiveFrames() == [bytes("hello")])
        withExtendedLifetime(idle) {}
    }

    @Test func idleConnectionsAreClosed() throws {
        let pull = try socket(.pull)
        let endpoint = try bind(pull) { $0.idle = .milliseconds(300) }
        let busy = try rawClient(endpoint, as: "PUSH")
        let idle = try rawClient(endpoint, as: "PUSH")
        let start = ContinuousClock.now
        while served.gate.statistics.closed[.idle] == 0 {
            busy.send(ZMTP.frame(bytes("x")))
            #expect(try pull.receiveFrames() == [bytes("x")])
            let isInTime = start.duration(to: .now) < .seconds(20)
            try #require(isInTime)
        }
        #expect(try served.next().refusal.reason.contains("0.3 seconds"))
        #expect(idle.receiveUntilClosed() == [])
        busy.send(ZMTP.frame(bytes("last")))
        while try pull.receiveFrames() != [bytes("last")] {}
        #expect(served.gate.statistics.closed.counts == [.idle: 1])
    }

    @Test func theConnectionsOfAKeyAreBounded() throws {
        let pull = try socket(.pull)
        let credit = served.gate.makeCredit()
        let endpoint = try bind(
            pull, isEncrypted: true, limits: .init(connections: 1), credit: credit)
        var message = Multipart(frameLimit: 1)
        var first: HeldClient? = try HeldClient(socket(.push, isEncrypted: true))
        try first?.connect(endpoint)
        #expect(try pull.receive(into: &message))
        credit.took(message)
        credit.settle(isEmpty: true)
        let second = try HeldClient(socket(.push, isEncrypted: true))
        try second.connect(endpoint)
        let notice = try served.next()
        #expect(notice.refusal.code == .connections && notice.refusal.key == "alice")
        // It tries again, and has the place as soon as it is free.
        first = nil
        #expect(try pull.receive(into: &message))
    }

    @Test func theSubscriptionsOfAKeyAreBounded() throws {
        let xpub = try socket(.xpub)
        let endpoint = try bind(xpub, isEncrypted: true, limits: .init(subscriptions: 3)) {
            $0.traffic = .subscriptions
        }
        let first = try socket(.sub, isEncrypted: true)
        for topic in ["a", "b"] { try first.subscribe(topic) }
        try first.connect(endpoint)
        for _ in 0..<2 { _ = try xpub.receiveFrames() }
        let second = try socket(.sub, isEncrypted: true)
        for topic in ["c", "d"] { try second.subscribe(topic) }
        try second.connect(endpoint)
        let notice = try served.next()
        #expect(notice.refusal.code == .subscriptions && notice.refusal.key == "alice")
        #expect(notice.refusal.reason.contains("'alice' has more than 3"))
    }

    @Test(arguments: [
        ("127.0.0.1:1", "127.0.0.1:65535", true), ("127.0.0.1:1", "127.0.0.2:1", false),
        ("[2001:db8::1]:1", "[2001:db8::ffff]:2", true),
        ("[2001:db8::1]:1", "[2001:db8:0:1::1]:1", false),
        ("[::ffff:10.0.0.1]:1", "[::ffff:10.0.0.2]:1", false),
        ("[fe80::1%eth0]:1", "[fe80::2%eth0]:1", true),
    ])
    func addressesAreToldApart(_ a: String, _ b: String, _ areSame: Bool) throws {
        let (first, second) = (GateAddress(peer: a), GateAddress(peer: b))
        #expect(first != nil && second != nil && (first == second) == areSame)
        #expect(GateAddress(peer: "process 17, user 0") == nil)
    }
}

/// Keeps a socket open.
private final class HeldClient {
    private let socket: Socket
    init(_ socket: consuming Socket) { self.socket = socket }

    /// And sends a message as soon as it can.
    func connect(_ endpoint: Endpoint) throws {
        try socket.connect(endpoint)
        #expect(try socket.send([bytes("hello")]) == .sent)
    }
}
