import Glibc
import TestSupport
import Testing

@testable import ZeroMQ

/// Reads events until `kind` comes; fails the test if it does not.
@discardableResult
func expect(
    _ kind: MonitorEvent.Kind, of monitor: inout SocketMonitor,
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> MonitorEvent {
    var poller = Poller()
    poller.add(monitor)
    var seen: [MonitorEvent] = []
    while true {
        try #require(
            try poller.wait(timeout: patience) == 1, "no \(kind) after \(seen)",
            sourceLocation: sourceLocation)
        while let event = try monitor.next() {
            if event.kind == kind { return event }
            seen.append(event)
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct SocketMonitorTests {
    @Test func seesPeersComeAndGo() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context, options: .test())
        var server = try pull.monitor()
        let endpoint = try pull.bind(loopback())
        do {
            let push = try Socket(.push, in: context, options: .test())
            var client = try push.monitor()
            try push.connect(endpoint)
            #expect(try expect(.handshakeSucceeded, of: &client).endpoint == endpoint.text)
            #expect(try expect(.handshakeSucceeded, of: &server).endpoint == endpoint.text)
        }
        #expect(try expect(.disconnected, of: &server).endpoint == endpoint.text)
    }

    @Test func seesTheServerGoAndComeBack() throws {
        let folder = try TemporaryFolder()
        let endpoint = try Endpoint("ipc://\(folder.path)/socket")
        let context = try Context()
        var options = SocketOptions.test()
        options.reconnectInterval = .milliseconds(5)
        options.reconnectIntervalMax = .milliseconds(20)
        let push = try Socket(.push, in: context, options: options)
        var client = try push.monitor()
        do {
            let pull = try Socket(.pull, in: context, options: .test())
            try pull.bind(endpoint)
            try push.connect(endpoint)
            try expect(.handshakeSucceeded, of: &client)
        }
        try expect(.disconnected, of: &client)
        let pull = try Socket(.pull, in: context, options: .test())
        try pull.bind(endpoint)
        try expect(.handshakeSucceeded, of: &client)
        #expect(try push.send(bytes("again").span) == .sent)
        #expect(try pull.receiveFrames() == [bytes("again")])
    }

    @Test func endsWithItsSocket() throws {
        let context = try Context()
        var monitor: SocketMonitor
        do {
            let pull = try Socket(.pull, in: context, options: .test())
            monitor = try pull.monitor()
            try pull.bind(loopback())
        }
        try expect(.other(0x0400), of: &monitor)  // ZMQ_EVENT_MONITOR_STOPPED
    }

    /// Nobody reads its events any more, and the socket continues.
    @Test func mayEndBeforeItsSocket() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context, options: .test())
        do { _ = try pull.monitor() }
        let endpoint = try pull.bind(loopback())
        for number in 0..<20 {
            let push = try Socket(.push, in: context, options: .test())
            try push.connect(endpoint)
            #expect(try push.send([UInt8(number)].span) == .sent)
            #expect(try pull.receiveFrames() == [[UInt8(number)]])
        }
        var again = try pull.monitor()
        let push = try Socket(.push, in: context, options: .test())
        try push.connect(endpoint)
        try expect(.handshakeSucceeded, of: &again)
    }

    @Test func everyEventNumberHasItsKind() {
        typealias Kind = MonitorEvent.Kind
        #expect(Kind(event: 0x0800, value: 104) == .handshakeFailed(.connection(.init(ECONNRESET))))
        #expect(Kind(event: 0x2000, value: 0x1100_0002) == .handshakeFailed(.mechanism))
        #expect(Kind(event: 0x2000, value: 0x1000_0001) == .handshakeFailed(.protocol(0x1000_0001)))
        #expect(Kind(event: 0x4000, value: 400) == .handshakeFailed(.authentication(400)))
        #expect(Kind(event: 0x0004, value: 150) == .connectRetried(after: .milliseconds(150)))
        #expect(Kind(event: 0x8000, value: 0) == .other(0x8000))
    }
}
