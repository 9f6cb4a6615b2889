import Dispatch
import Glibc
import Metrics
import Synchronization
import TestSupport
import Testing
import Threads

@testable import ZeroMQ

/// A gate with its thread, and what it has told.
final class ServedGate: Sendable {
    let gate: Gate
    private let notices = Mutex<[GateNotice]>([])
    private let told = DispatchSemaphore(value: 0)
    private let thread: Mutex<Worker<Void>?>

    init(_ totals: GateTotals = GateTotals()) throws {
        let box = NoticeBox()
        let gate = try Gate(totals) { box.tell($0) }
        self.gate = gate
        thread = Mutex(Worker { try gate.run() })
        box.listen { [weak self] notice in
            self?.notices.withLock { $0.append(notice) }
            self?.told.signal()
        }
    }

    deinit { gate.finish(by: .now + .seconds(1)) }

    /// Ends it; says whether all was delivered by then.
    func finish() throws -> Bool {
        gate.finish(by: .now + patience)
        try thread.withLock { $0.take() }?.join()
        return gate.hasDelivered
    }

    /// What it has told next.
    func next() throws -> GateNotice {
        let isTold = told.wait(timeout: .now() + .seconds(20)) == .success
        try #require(isTold, "the gate refused nothing")
        return notices.withLock { $0.removeFirst() }
    }
}

private final class NoticeBox: Sendable {
    private let listener = Mutex<@Sendable (GateNotice) -> Void>({ _ in })
    func listen(_ body: @escaping @Sendable (GateNotice) -> Void) {
        listener.withLock { $0 = body }
    }
    func tell(_ notice: GateNotice) { listener.withLock { $0 }(notice) }
}

/// A peer that has come through the handshake as a client of libzmq does.
func rawClient(_ endpoint: Endpoint, as type: String) throws -> RawPeer {
    let peer = try RawPeer(endpoint.text)
    peer.send(ZMTP.greeting(.libzmq43) + ZMTP.ready(socketType: type))
    let greeting = peer.receive(66)
    try #require(greeting.count == 66, "the connection was closed in the handshake")
    _ = peer.receive(Int(greeting[65]))
    return peer
}

@Suite(.timeLimit(.minutes(1))) struct GateTests {
    private func rules(_ traffic: GateRules.Traffic = .messages) -> GateRules {
        var rules = GateRules()
        rules.traffic = traffic
        return rules
    }

    private func expect(_ notice: GateNotice, _ code: GateRefusal.Code, _ text: String) {
        #expect(notice.refusal.code == code, "\(notice)")
        #expect(notice.refusal.reason.contains(text), "\(notice)")
    }

    @Test(arguments: ["tcp://127.0.0.1:*", "tcp://[::1]:*", "ipc://*", "ipc://@sluice-gate-test"])
    func messagesPassBothWays(_ place: String) throws {
        let served = try ServedGate()
        let context = try Context()
        let credit = served.gate.makeCredit()
        let server = try Socket(.router, in: context, options: .test())
        let endpoint = try served.gate.bind(
            server, to: Endpoint(place), .test(), rules(), credit: credit)
        var options = SocketOptions.test()
        options.ipv6 = true
        let client = try Socket(.dealer, in: context, options: options)
        try client.connect(endpoint)
        var message = Multipart(frameLimit: 4)
        for size in [0, 1, 100, 255, 256, 100_000, 5_000_000] {
            let body = [UInt8](repeating: 7, count: size)
            #expect(try client.send([bytes("a"), body]) == .sent)
            #expect(try server.receive(into: &message))
            credit.took(message, added: 1)
            credit.settle(isEmpty: false)
            #expect(message.copyFrame(2) == body)
            #expect(try server.send(message.copyFrames()) == .sent)
            #expect(try client.receiveFrames() == [bytes("a"), body])
        }
        #expect(credit.connections.value == 1)
    }

    /// A greeting may come in pieces of any size, its signature too; a peer that leaves within it
    /// is gone at once.
    @Test(arguments: [1, 4, 9, 10, 11, 63]) func aGreetingMayComeInPieces(_ size: Int) throws {
        let served = try ServedGate()
        let context = try Context()
        let socket = try Socket(.pull, in: context, options: .test())
        var rules = rules()
        rules.connections = 3
        let endpoint = try served.gate.bind(
            socket, to: loopback(), .test(), rules, credit: served.gate.makeCredit())
        let peer = try RawPeer(endpoint.text)
        var leaver: RawPeer? = try RawPeer(endpoint.text)
        let greeting = ZMTP.greeting(.libzmq43)
        peer.send(Array(greeting.prefix(size)))
        leaver?.send(Array(greeting.prefix(size)))
        // Once this one is through, the gate has read what the others sent before.
        let witness = try rawClient(endpoint, as: "PUSH")
        leaver = nil
        peer.send(Array(greeting.dropFirst(size)) + ZMTP.ready(socketType: "PUSH"))
        #expect(peer.receive(72).suffix(6) == [5] + bytes("READY"))
        peer.send(ZMTP.frame(bytes("hello")))
        #expect(try socket.receiveFrames() == [bytes("hello")])
        // There is room for it since the leaver has gone; else the limit would have closed one.
        let last = try rawClient(endpoint, as: "PUSH")
        last.send(ZMTP.frame(bytes("last")))
        #expect(try socket.receiveFrames() == [bytes("last")])
        #expect(served.gate.statistics.closed.counts.isEmpty)
        withExtendedLifetime((peer, witness)) {}
    }

    @Test func strangersAreNamedAndCounted() throws {
        let served = try ServedGate()
        let context = try Context()
        let socket = try Socket(.pull, in: context, options: .test())
        let endpoint = try served.gate.bind(
            socket, to: loopback(), .test(), rules(), credit: served.gate.makeCredit())
        for stranger in ZMTP.strangers {
            let peer = try RawPeer(endpoint.text)
            peer.send(stranger.bytes)
            _ = try #require(peer.receiveUntilClosed(), "\(stranger.name)")
            let notice = try served.next()
            let isMechanism = stranger.name.contains("PLAIN")
            expect(notice, isMechanism ? .mechanism : .version, "expected")
            #expect(notice.endpoint == endpoint.text)
            #expect(notice.peer.hasPrefix("127.0.0.1:"))
        }
        #expect(
            served.gate.statistics.closed.counts == [
                .version: ZMTP.strangers.count - 1, .mechanism: 1,
            ])
    }

    /// Nobody is let in where nobody listens behind the gate.
    @Test(arguments: ["tcp://127.0.0.1:*", "ipc://*"])
    func anEndpointEndsWithItsSocket(_ place: String) throws {
        let served = try ServedGate()
        let context = try Context()
        let endpoint: Endpoint
        do {
            let socket = try Socket(.pull, in: context, options: .test())
            endpoint = try served.gate.bind(
                socket, to: Endpoint(place), .test(), rules(), credit: served.gate.makeCredit())
        }
        let deadline = ContinuousClock.now + patience
        #expect(throws: RawPeer.Failure.self) {
            while ContinuousClock.now < deadline {
                let peer = try RawPeer(endpoint.text)
                peer.send(ZMTP.greeting(.libzmq43))
                _ = peer.receiveUntilClosed()
            }
        }
    }

    @Test func silentConnectionsAreClosedInTimeAndKeepNobodyOut() throws {
        let served = try ServedGate()
        let context = try Context()
        let socket = try Socket(.pull, in: context, options: .test())
        var rules = rules()
        rules.handshake = .milliseconds(200)
        rules.connections = 100
        let endpoint = try served.gate.bind(
            socket, to: loopback(), .test(), rules, credit: served.gate.makeCredit())
        let silent = try (0..<300).map { _ in try RawPeer(endpoint.text) }
        let client = try Socket(.push, in: context, options: .test())
        try client.connect(endpoint)
        #expect(try client.send(bytes("hello").span) == .sent)
        #expect(try socket.receiveFrames() == [bytes("hello")])
        for peer in silent { #expect(peer.receiveUntilClosed() == []) }
        for _ in silent { #expect(try served.next().refusal.code == .handshake) }
    }

    @Test func aMessageWithoutEndIsCutOff() throws {
        let served = try ServedGate()
        let context = try Context()
        let socket = try Socket(.pull, in: context, options: .test())
        var rules = rules()
        rules.messageBytes = 100_000
        let endpoint = try served.gate.bind(
            socket, to: loopback(), .test(), rules, credit: served.gate.makeCredit())
        for frame in [ZMTP.frame([], more: true), ZMTP.frame(bytes("x"), more: true)] {
            let peer = try rawClient(endpoint, as: "PUSH")
            let frames = Array(repeating: frame, count: 1000).flatMap { $0 }
            while peer.send(frames) {}
            expect(try served.next(), .messageBytes, "expected at most 100000")
        }
        let peer = try rawClient(endpoint, as: "PUSH")
        peer.send(ZMTP.longHeader(1 << 40))
        expect(try served.next(), .frameBytes, "1099511627776 bytes")
        #expect(peer.receiveUntilClosed() == [])
    }

    /// Who sends more than the application takes waits, and nothing is lost.
    @Test func aPeerWaitsWhileMuchOfItsOwnIsNotTaken() throws {
        let served = try ServedGate()
        let context = try Context()
        let socket = try Socket(.pull, in: context, options: .test())
        var rules = rules()
        rules.peerBytes = 100_000
        let credit = served.gate.makeCredit()
        let endpoint = try served.gate.bind(socket, to: loopback(), .test(), rules, credit: credit)
        let count = 200
        let sender = Worker {
            let context = try Context()
            var options = SocketOptions.test(highWaterMark: 1)
            options.linger = patience
            let socket = try Socket(.push, in: context, options: options)
            try socket.connect(endpoint)
            for index in 0..<count {
                let body = [UInt8](repeating: UInt8(index), count: 50_000)
                #expect(try socket.send(body.span) == .sent)
            }
        }
        // It fills what there is room for: two messages at the gate, and the system's buffers.
        try sender.waitUntilBlocked()
        var message = Multipart(frameLimit: 1)
        for index in 0..<count {
            #expect(try socket.receive(into: &message))
            #expect(message.byteCount == 50_000)
            #expect(message.withFrame(0) { $0[0] } == UInt8(index))
            credit.took(message)
            credit.settle(isEmpty: false)
        }
        try sender.join()
    }

    /// What was waited for with a poller was taken as well, by sockets of every kind that hears:
    /// much more than a peer may have waiting, one message after another, and by peers that then
    /// leave.
    @Test(arguments: [(SocketKind.router, SocketKind.dealer), (.pull, .push), (.sub, .xpub)])
    func whatAPollerFoundIsTaken(_ kind: SocketKind, _ peer: SocketKind) throws {
        var totals = GateTotals()
        totals.bytes = 60_000
        let served = try ServedGate(totals)
        let context = try Context()
        let socket = try Socket(kind, in: context, options: .test())
        if kind == .sub { try socket.subscribe("") }
        var rules = rules()
        rules.peerBytes = 20_000
        let credit = served.gate.makeCredit()
        let endpoint = try served.gate.bind(socket, to: loopback(), .test(), rules, credit: credit)
        var poller = Poller()
        poller.add(socket)
        var message = Multipart(frameLimit: 4)
        for _ in 0..<5 {
            let sender = try Socket(peer, in: context, options: .test())
            try sender.connect(endpoint)
            // The subscription is sent as its socket is used.
            while try kind == .sub && !sender.receive(into: &message, wait: .never) {
                _ = try socket.receive(into: &message, wait: .never)
            }
            for _ in 0..<20 {
                #expect(try sender.send([bytes("a"), [UInt8](repeating: 7, count: 4000)]) == .sent)
                try poller.wait(timeout: patience)
                try #require(try socket.receive(into: &message, wait: .never))
                credit.took(message, added: kind == .router ? 1 : 0)
                credit.settle(isEmpty: false)
            }
        }
    }

    @Test func theLargestOfTooManyUnfinishedMessagesGoes() throws {
        var totals = GateTotals()
        totals.bytes = 200_000
        let served = try ServedGate(totals)
        let context = try Context()
        let socket = try Socket(.pull, in: context, options: .test())
        let endpoint = try served.gate.bind(
            socket, to: loopback(), .test(), rules(), credit: served.gate.makeCredit())
        let small = try rawClient(endpoint, as: "PUSH")
        small.send(ZMTP.longHeader(50_000) + [UInt8](repeating: 1, count: 40_000))
        let large = try rawClient(endpoint, as: "PUSH")
        large.send(ZMTP.longHeader(1_000_000) + [UInt8](repeating: 2, count: 90_000))
        expect(try served.next(), .totalBytes, "unfinished messages")
        #expect(large.receiveUntilClosed() == [])
        small.send([UInt8](repeating: 1, count: 10_000))
        #expect(try socket.receiveFrames()[0].count == 50_000)
    }

    @Test func subscriptionsAreBounded() throws {
        var totals = GateTotals()
        totals.subscriptions = 60
        let served = try ServedGate(totals)
        let context = try Context()
        let socket = try Socket(.xpub, in: context, options: .test())
        var rules = rules(.subscriptions)
        rules.topicBytes = 100
        rules.subscriptions = 50
        let credit = served.gate.makeCredit()
        let endpoint = try served.gate.bind(socket, to: loopback(), .test(), rules, credit: credit)
        func subscribe(_ topic: [UInt8]) -> [UInt8] { ZMTP.frame([1] + topic) }
        func topics(_ count: Int, _ name: String) -> [UInt8] {
            (0..<count).flatMap { subscribe(bytes("\(name)\($0)")) }
        }
        let long = try rawClient(endpoint, as: "SUB")
        long.send(subscribe([UInt8](repeating: 1, count: 101)))
        expect(try served.next(), .topicBytes, "101 bytes; expected at most 100")
        let command = try rawClient(endpoint, as: "SUB")
        command.send(ZMTP.command([9] + bytes("SUBSCRIBE") + [UInt8](repeating: 1, count: 101)))
        expect(try served.next(), .topicBytes, "101 bytes; expected at most 100")
        let many = try rawClient(endpoint, as: "SUB")
        many.send(topics(51, "a"))
        expect(try served.next(), .subscriptions, "more than 50")
        // What has gone does not count any more, and the same topic counts once.
        let honest = try rawClient(endpoint, as: "SUB")
        honest.send(topics(40, "b") + topics(40, "b"))
        while try socket.receiveFrames() != [[1] + bytes("b39")] {}
        let other = try rawClient(endpoint, as: "SUB")
        other.send(topics(30, "c"))
        expect(try served.next(), .subscriptions, "all subscribers together")
        withExtendedLifetime((honest, other, many, command, long)) {}
    }

    /// Who changes its subscriptions too fast waits with the rest of them.
    @Test func changesOfSubscriptionsAreHeldBack() throws {
        let served = try ServedGate()
        let context = try Context()
        let socket = try Socket(.xpub, in: context, options: .test())
        var rules = rules(.subscriptions)
        rules.subscriptions = 10
        rules.changesPerSecond = 1
        let endpoint = try served.gate.bind(
            socket, to: loopback(), .test(), rules, credit: served.gate.makeCredit())
        let peer = try rawClient(endpoint, as: "SUB")
        let changes = (0..<1000).flatMap { _ in ZMTP.frame([1, 97]) + ZMTP.frame([0, 97]) }
        peer.send(changes)
        let honest = try Socket(.sub, in: context, options: .test())
        try honest.subscribe("b")
        try honest.connect(endpoint)
        var seen = 0
        while try socket.receiveFrames() != [[1] + bytes("b")] { seen += 1 }
        #expect(seen <= 13)
        withExtendedLifetime(peer) {}
    }

    /// What an application has not taken when its sender goes is still taken, and then forgotten.
    @Test func whatASenderLeavesIsTaken() throws {
        let served = try ServedGate()
        let context = try Context()
        let socket = try Socket(.pull, in: context, options: .test())
        let credit = served.gate.makeCredit()
        let endpoint = try served.gate.bind(
            socket, to: loopback(), .test(), rules(), credit: credit)
        do {
            let context = try Context()
            var options = SocketOptions.test()
            options.linger = patience
            let sender = try Socket(.push, in: context, options: options)
            try sender.connect(endpoint)
            for index in 0..<10 { _ = try sender.send(bytes("\(index)").span) }
        }
        for index in 0..<10 {
            var message = Multipart(frameLimit: 1)
            #expect(try socket.receive(into: &message))
            #expect(message.copyFrame(0) == bytes("\(index)"))
            credit.took(message)
        }
        credit.settle(isEmpty: true)
        let deadline = ContinuousClock.now + patience
        while credit.connections.value > 0 && ContinuousClock.now < deadline { sched_yield() }
        #expect(credit.connections.value == 0)
    }

    /// The end of a socket's context delivers what it has sent.
    @Test func whatWasSentIsDeliveredAtTheEnd() throws {
        let served = try ServedGate()
        let server = try Context()
        let client = try Context()
        var options = SocketOptions.test()
        options.linger = patience
        let push = try Socket(.push, in: server, options: options)
        let endpoint = try served.gate.bind(
            push, to: loopback(), options, rules(.nothing), credit: served.gate.makeCredit())
        let pull = try Socket(.pull, in: client, options: .test(highWaterMark: 1))
        try pull.connect(endpoint)
        let body = [UInt8](repeating: 7, count: 10_000)
        for _ in 0..<500 { #expect(try push.send(body.span) == .sent) }
        server.shutdown()
        _ = consume push
        var received = 0
        let finishing = Worker {
            server.terminate()
            return try served.finish()
        }
        while received < 500 {
            #expect(try pull.receiveFrames() == [body])
            received += 1
        }
        #expect(try finishing.join())
    }

    @Test func anAddressInUseIsToldAsLibzmqTellsIt() throws {
        let served = try ServedGate()
        let context = try Context()
        let credit = served.gate.makeCredit()
        let first = try Socket(.pull, in: context, options: .test())
        let endpoint = try served.gate.bind(first, to: loopback(), .test(), rules(), credit: credit)
        let second = try Socket(.pull, in: context, options: .test())
        #expect(throws: ZeroMQError(.bind, endpoint: endpoint.text, code: .addressInUse)) {
            _ = try served.gate.bind(second, to: endpoint, .test(), rules(), credit: credit)
        }
        let nowhere = try Endpoint("tcp://nosuchinterface:5555")
        #expect(throws: ZeroMQError(.bind, endpoint: nowhere.text, code: .noSuchDevice)) {
            _ = try served.gate.bind(second, to: nowhere, .test(), rules(), credit: credit)
        }
    }
}
