import Foundation
import TestSupport
import Testing
import ZeroMQ

/// SIGTERM and SIGINT: what was accepted comes out; a second signal waits for nothing.
@Suite(.blocking) struct ShutdownTests {
    private let lines = (0..<400).map { "line \($0) of a text" }

    @Test(arguments: [SIGTERM, SIGINT]) func whatWasAcceptedComesOut(signal: Int32) throws {
        let daemon = try ServedDaemon()
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        let puller = try peers.puller(daemon)
        for line in lines { try pusher.send("s", line) }
        var events = [try puller.receiveEvent()]
        let result = try daemon.stop(by: signal)
        let stopped = try result.logged("stopped")
        let accepted = try #require(stopped["requests"].flatMap { Int($0) })
        #expect((1...lines.count).contains(accepted))
        let count = try #require(stopped["events"].flatMap { Int($0) })
        while events.count < count { events.append(try puller.receiveEvent()) }
        let expected = try SluiceProcess.run(
            ["score", "--per-line", "--stream", "s", "--model", Repository.smallModel],
            input: lines.prefix(accepted).joined(separator: "\n"))
        // `score` ends the stream afterwards.
        #expect(events.map(\.line) == expected.lines.dropLast())
    }

    /// A daemon whose output nobody takes from.
    private func blockedDaemon(timeout: String) throws -> ServedDaemon {
        let daemon = try ServedDaemon(
            [.in, .out, .all], keys: "shutdown.timeout = \"\(timeout)\"\n")
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        let subscriber = try peers.connect(.sub, try daemon.endpoint(.out))
        try subscriber.subscribe("next/")
        // Once an event has come by one output, events wait at the other.
        repeat { try pusher.send("s", "text") } while try !subscriber.hasEvent(.milliseconds(100))
        return daemon
    }

    @Test func anOutputThatNobodyReadsDoesNotHoldUpTheEnd() throws {
        let daemon = try blockedDaemon(timeout: "100ms")
        let result = try daemon.stop()
        #expect(result.errors.contains("not everything was finished in time"))
        #expect(result.errors.contains("] stopped"))
    }

    @Test(arguments: [(SIGTERM, Int32(143)), (SIGINT, Int32(130))])
    func aSecondSignalEndsItAtOnce(signal: Int32, status: Int32) throws {
        let daemon = try blockedDaemon(timeout: "1h")
        daemon.process.signal(SIGTERM)
        try daemon.process.waitForErrors(containing: "] stopping")
        daemon.process.signal(signal)
        let result = try daemon.process.finish()
        #expect(result.status == status)
        #expect(!result.errors.contains("] stopped"))
    }

    /// Nobody reads its log, whose pipe is full from the start: it serves, and stops when told.
    @Test func aLogThatNobodyReadsHoldsUpNothing() throws {
        let folder = try TemporaryFolder()
        let log = Pipe()
        let full = log.fileHandleForWriting.fileDescriptor
        _ = fcntl(full, F_SETFL, O_NONBLOCK)
        let page = [UInt8](repeating: 0x78, count: 4096)
        while unsafe write(full, page, page.count) > 0 {}
        _ = fcntl(full, F_SETFL, 0)
        let daemon = Process()
        let ended = DispatchSemaphore(value: 0)
        daemon.executableURL = SluiceProcess.executable
        daemon.arguments = [
            "serve", "--model", Repository.smallModel, "--in-router", "ipc://\(folder.path)/in",
            "--out", "ipc://\(folder.path)/out", "--log-level", "trace",
        ]
        daemon.environment = ["XDG_STATE_HOME": folder.path, "XDG_RUNTIME_DIR": folder.path]
        daemon.standardError = log
        daemon.terminationHandler = { _ in ended.signal() }
        try daemon.run()
        let peers = try Peers()
        let dealer = try peers.connect(.dealer, try Endpoint("ipc://\(folder.path)/in"))
        // Each is a line of the log.
        for _ in 0..<500 { try dealer.send("s", "text", "no header") }
        var answer = Multipart(frameLimit: 2)
        for _ in 0..<500 { try #require(try dealer.receive(into: &answer)) }
        daemon.terminate()
        try #require(ended.wait(timeout: .now() + 60) == .success)
        #expect(daemon.terminationStatus == 0)
    }

    /// Clients end cleanly too.
    @Test func subEndsCleanlyOnAnInterruption() throws {
        let daemon = try ServedDaemon([.in, .out])
        let sub = try SluiceProcess(["sub", "--from", try daemon.endpoint(.out).text])
        try sub.waitUntilSubscribed(to: daemon)
        sub.signal(SIGINT)
        let result = try sub.finish()
        #expect(result.status == 0)
        #expect(result.lines.allSatisfy { $0.contains("error/probe") })
        try daemon.stop()
    }
}

extension Socket {
    /// Whether a message comes within the time; it is taken.
    func hasEvent(_ time: Duration) throws -> Bool {
        try setReceiveTimeout(time)
        defer { try? setReceiveTimeout(patience) }
        var message = Multipart(frameLimit: 4)
        return try receive(into: &message)
    }
}

extension SluiceProcess {
    /// Has the daemon say something to all subscribers until this one, a `sluice sub`, has heard it:
    /// then all its subscriptions are in force, of which that to errors is the last.
    ///
    /// - Parameter stream: one that does not exist, and that it subscribes to.
    func waitUntilSubscribed(to daemon: ServedDaemon, stream: String = "probe") throws {
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        let deadline = ContinuousClock.now + patience
        repeat {
            guard ContinuousClock.now < deadline else {
                throw TimeIsOver(description: "waited too long for a subscription: \(errorsSoFar)")
            }
            try pusher.send(stream, "", #"{"op":"flush"}"#)
        } while !hasOutput(within: .milliseconds(50)) { $0.contains(stream) }
    }
}
