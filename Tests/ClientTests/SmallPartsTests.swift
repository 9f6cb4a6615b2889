import Client
import Names
import Testing
import Wire
import ZeroMQ

@Suite struct SmallPartsTests {
    @Test func pacesEvenlyAndDoesNotCatchUpInABurst() {
        var pacer = Pacer(rate: 10)
        let start = ContinuousClock.now
        #expect(pacer.due == nil)
        pacer.advance(at: start)
        #expect(pacer.due == start + .milliseconds(100))
        // Ten seconds lost are not made up for.
        let late = start + .seconds(10)
        pacer.advance(at: late)
        pacer.advance(at: late)
        #expect(pacer.due == late + .milliseconds(100))
    }

    @Test func withoutARateThereIsNoDelay() {
        var pacer = Pacer(rate: nil)
        for _ in 0..<3 { pacer.advance(at: .now) }
        #expect(pacer.due == nil)
    }

    @Test func saysEachChangeOfTheConnectionOnce() throws {
        let endpoint = try Endpoint("tcp://h:1")
        var report = ConnectionReport(endpoint)
        #expect(report.note(.other(0)) == nil)
        #expect(report.note(.connectRetried(after: .seconds(1)))?.contains("waiting for") == true)
        #expect(report.note(.connectRetried(after: .seconds(1))) == nil)
        #expect(!report.isConnected)
        #expect(report.note(.handshakeSucceeded) == "connected to tcp://h:1")
        #expect(report.isConnected)
        #expect(report.note(.disconnected)?.hasPrefix("lost the connection") == true)
        #expect(!report.isConnected)
        #expect(report.note(.connectRetried(after: .seconds(1))) == nil)
        #expect(report.note(.handshakeSucceeded) == "connected again to tcp://h:1")

        var unfit = ConnectionReport(endpoint)
        #expect(unfit.note(.disconnected)?.contains("socket of another type") == true)
        #expect(unfit.note(.disconnected) == nil)

        var quiet = ConnectionReport(endpoint)
        #expect(quiet.note(.handshakeSucceeded) == nil, "all well from the start is no news")
    }

    @Test(arguments: [
        (0, 1000, 1, "0 B of 1.0 kB  0%  0 B/s"),
        (250_000, 1_000_000, 10, "250.0 kB of 1.0 MB  25%  25.0 kB/s  0:30 left"),
        (1, 3_700_000_001, 1, "1 B of 3.7 GB  0%  1 B/s  99:59:59 left"),
        (1_000_000, 76_000_000, 100, "1.0 MB of 76.0 MB  1%  10.0 kB/s  2:05:00 left"),
        (500, 500, 5, "500 B of 500 B  100%  100 B/s"),
        (600, 500, 5, "600 B of 600 B  100%  120 B/s"),
        (0, 0, 0, "0 B of 0 B  100%  0 B/s"),
    ])
    func progressReads(sent: Int, total: Int, seconds: Int, expected: String) {
        let progress = Progress(totalByteCount: total)
        #expect(progress.line(sentByteCount: sent, elapsed: .seconds(seconds)) == expected)
    }

    /// Clients are not told which protocol of the Internet a daemon speaks.
    @Test(.enabled("needs an IPv6 loopback") { hasIPv6() })
    func anIPv6EndpointIsReachedWithoutFurtherOptions() throws {
        let context = try Context()
        var options = SocketOptions()
        options.ipv6 = true
        options.receiveTimeout = .seconds(20)
        let puller = try Socket(.pull, in: context, options: options)
        let endpoint = try puller.bind(try Endpoint("tcp://[::1]:*"))
        let pusher = try Socket(.push, in: context)
        try pusher.connect(endpoint)
        #expect(try pusher.send([[1, 2, 3]]) == .sent)
        var message = Multipart(frameLimit: 1)
        #expect(try puller.receive(into: &message))
        #expect(message.copyFrame(0) == [1, 2, 3])
    }
}

private func hasIPv6() -> Bool {
    var options = SocketOptions()
    options.ipv6 = true
    guard let context = try? Context(),
        let socket = try? Socket(.pull, in: context, options: options),
        let endpoint = try? Endpoint("tcp://[::1]:*")
    else { return false }
    return (try? socket.bind(endpoint)) != nil
}
