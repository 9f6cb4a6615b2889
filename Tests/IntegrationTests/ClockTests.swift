import Foundation
import TestSupport
import Testing
import ZeroMQ

/// The wall clock is set while the daemon serves: it may only show in the times that are recorded.
@Suite(.blocking) struct ClockTests {
    /// Sends a message and waits until it has been acknowledged.
    private func send(_ number: Int, _ dealer: borrowing Socket) throws {
        try dealer.send(
            frames: [bytes("s"), bytes("text \(number)"), bytes(#"{"seq":\#(number)}"#)])
        var message = Multipart(frameLimit: 2)
        try #require(try dealer.receive(into: &message), "\(number): no answer came")
        let body = try json(String(decoding: message.copyFrames()[1], as: UTF8.self))
        #expect(body["ack"] as? String == "accepted")
    }

    @Test func aClockThatIsSetHoldsNothingUpAndEvictsNothing() throws {
        let clock = try SteppedClock()
        // Each wait between two commits is long enough to be under way when the clock is set.
        let daemon = try ServedDaemon(
            [.router, .out], keys: "engine.evict_after = \"10m\"\nengine.idle_flush = \"50ms\"",
            journal: "commit_every = \"200ms\"\ncheckpoint_every = \"100ms\"\nmax_age = \"1h\"",
            environment: clock.environment)
        let peers = try Peers()
        let dealer = try peers.connect(.dealer, try daemon.endpoint(.router))
        for (number, step) in [0, -3600, 0, 86400, -86400, 3600, 0].enumerated() {
            try clock.set(by: step)
            try send(2 * number, dealer)
            try send(2 * number + 1, dealer)
        }
        let stopped = try daemon.stop().logged("stopped")
        #expect(stopped["evicted"] == "0")
        #expect(stopped["requests"] == "14")
        let verified = try SluiceProcess.run(
            ["replay", "verify", "--all", "--store", daemon.store])
        #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
    }
}
