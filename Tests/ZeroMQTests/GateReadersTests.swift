import Dispatch
import Metrics
import Synchronization
import TestSupport
import Testing

@testable import ZeroMQ

/// What waits at the gate for readers that do not read.
@Suite(.timeLimit(.minutes(1))) struct GateReadersTests {
    private let served: ServedGate
    private let context: Context
    private let lost = Counter("lost", "")
    private let disconnected = Counter("disconnected", "")

    init() throws {
        served = try ServedGate()
        context = try Context()
    }

    private func readers(_ slow: GateReaders.Slow, bytes: Int = 64 << 10) -> GateReaders {
        served.gate.makeReaders(
            .init(slow, bytes: bytes, totalBytes: 1 << 30), disconnected: disconnected, lost: lost)
    }

    /// A bound XPUB, and a raw subscriber that reads when it is told to.
    private struct Publisher: ~Copyable {
        let socket: Socket
        let endpoint: Endpoint
        let stuck: RawPeer
    }

    private func publisher(_ readers: GateReaders) throws -> Publisher {
        // The gate alone bounds what waits.
        var options = SocketOptions.test(highWaterMark: 0)
        options.xpubVerbose = true
        let socket = try Socket(.xpub, in: context, options: options)
        var rules = GateRules()
        rules.traffic = .subscriptions
        let endpoint = try served.gate.bind(
            socket, to: loopback(), .test(), rules, credit: served.gate.makeCredit(),
            readers: readers)
        let stuck = try rawClient(endpoint, as: "SUB")
        stuck.send(ZMTP.frame([1] + bytes("stuck")))
        #expect(try socket.receiveFrames() == [[1] + bytes("stuck")])
        return Publisher(socket: socket, endpoint: endpoint, stuck: stuck)
    }

    private static let filling = [UInt8](repeating: 7, count: 10_000)

    private static func number(_ value: Int) -> [UInt8] { Array("\(value)".utf8) }

    private func publish(_ number: Int, on socket: borrowing Socket) throws {
        #expect(
            try socket.send([bytes("stuck"), Self.filling, Self.number(number)], wait: .never)
                == .sent)
    }

    /// The numbers of so many messages of three frames, each of them whole.
    private func numbers(_ peer: RawPeer, count: Int) -> [Int] {
        var numbers: [Int] = []
        while numbers.count < count {
            // Flags and sizes: the body takes 8 bytes for its size.
            guard peer.receive(7) == [1, 5] + bytes("stuck"), peer.receive(9).first == 3,
                peer.receive(10_000) == Self.filling, case let head = peer.receive(2),
                head.count == 2,
                let number = Int(
                    String(decoding: peer.receive(Int(head[1])), as: UTF8.self))
            else { return numbers }
            numbers.append(number)
        }
        return numbers
    }

    /// Bytes that libzmq has sent to each peer, the missed ones too.
    private func bytesOut() -> [Int] {
        let told = DispatchSemaphore(value: 0)
        let reports = Mutex<[GateConnectionReport]>([])
        served.gate.list { list in
            reports.withLock { $0 = list }
            told.signal()
        }
        told.wait()
        return reports.withLock { $0.map(\.bytesOut) }
    }

    @Test func aSkippedReaderMissesWholeMessagesAndEachIsCounted() throws {
        let publisher = try publisher(readers(.skipped))
        let healthy = try Socket(.sub, in: context, options: .test())
        try healthy.subscribe("stuck")
        try healthy.connect(publisher.endpoint)
        #expect(try publisher.socket.receiveFrames() == [[1] + bytes("stuck")])
        let before = bytesOut()
        // More than the kernel's buffers take.
        let count = 3000
        for number in 0..<count {
            try publish(number, on: publisher.socket)
            #expect(try healthy.receiveFrames().last == Self.number(number))
        }
        let each = (0..<count).reduce(0) { $0 + 7 + 9 + 10_000 + 2 + Self.number($1).count }
        while bytesOut().contains(where: { out in !before.contains(out - each) }) {}
        let missed = lost.value
        #expect(missed > 0)
        let received = numbers(publisher.stuck, count: count - missed)
        #expect(received.count == count - missed)
        #expect(received == received.sorted() && Set(received).count == received.count)
        // There is room again.
        try publish(count, on: publisher.socket)
        #expect(numbers(publisher.stuck, count: 1) == [count])
        #expect(lost.value == missed && disconnected.value == 0)
    }

    @Test func anAwaitedReaderHoldsUpTheSocketUntilItReads() throws {
        let readers = readers(.awaited)
        let publisher = try publisher(readers)
        var sent = 0
        while !readers.isFull {
            try publish(sent, on: publisher.socket)
            sent += 1
            try #require(sent < 100_000)
            if sent.isMultiple(of: 100) { _ = readers.waitForRoom(atMost: .zero) }
        }
        #expect(!readers.waitForRoom(atMost: .milliseconds(20)))
        #expect(numbers(publisher.stuck, count: sent) == Array(0..<sent))
        #expect(readers.waitForRoom(atMost: .seconds(20)))
        #expect(lost.value == 0)
    }

    @Test func awaitedNoLongerItIsDisconnected() throws {
        let readers = readers(.awaited)
        let publisher = try publisher(readers)
        for number in 0..<3000 { try publish(number, on: publisher.socket) }
        while !readers.isFull { _ = readers.waitForRoom(atMost: .zero) }
        readers.closeBehind()
        #expect(readers.waitForRoom(atMost: .seconds(20)))
        #expect(try served.next().refusal.code == .slow)
        #expect(disconnected.value == 1)
        withExtendedLifetime(publisher.stuck) {}
    }

    /// What waits shrinks with the number of readers; the least share is for each.
    @Test func theyShareWhatAllMayHave() {
        let readers = served.gate.makeReaders(
            .init(.skipped, bytes: 1 << 20, totalBytes: 8 << 20))
        #expect(readers.bound(readers: 0).bytes == 1 << 20)
        #expect(readers.bound(readers: 8).bytes == 1 << 20)
        #expect(readers.bound(readers: 64).bytes == 128 << 10)
        #expect(readers.bound(readers: 100_000).bytes == 64 << 10)
    }

    /// A client that does not read its answers is not read from, and gets all of them in the end.
    @Test func aPublisherThatDoesNotReadItsAnswersIsNotReadFrom() throws {
        let socket = try Socket(.router, in: context, options: .test(highWaterMark: 0))
        let credit = served.gate.makeCredit()
        let endpoint = try served.gate.bind(
            socket, to: loopback(), .test(), GateRules(), credit: credit,
            readers: readers(.awaited))
        let client = try Socket(.dealer, in: context, options: .test(highWaterMark: 50))
        try client.connect(endpoint)
        let answer = [UInt8](repeating: 1, count: 10_000)
        var message = Multipart(frameLimit: 4)
        var (sent, answered) = (0, 0)
        func answerAll() throws {
            while try socket.receive(into: &message, wait: .never) {
                credit.took(message, added: 1)
                credit.settle(isEmpty: false)
                #expect(try socket.send([message.copyFrame(0), answer], wait: .never) == .sent)
                answered += 1
            }
        }
        // Until nothing of it arrives any more.
        var poller = Poller()
        poller.add(socket)
        var before = -1
        while try before < sent + answered || poller.wait(timeout: .milliseconds(200)) > 0 {
            before = sent + answered
            while try client.send([answer], wait: .never) == .sent { sent += 1 }
            try answerAll()
            _ = try poller.wait(timeout: .milliseconds(50))
        }
        #expect(answered < sent && answered > 6)
        for _ in 0..<sent {
            try answerAll()
            while try !client.receive(into: &message, wait: .never) { try answerAll() }
            #expect(message.copyFrame(0) == answer)
        }
        #expect(answered == sent && lost.value == 0)
    }
}
