import Testing
import Threads

@testable import Daemon

/// What the probes answer.
@Suite struct HealthTests {
    /// A thread that runs on when it is woken, or not.
    private final class Loop: Sendable {
        let pulse: Pulse

        init(_ name: String, isStuck: Bool) {
            let beats = Beats()
            pulse = Pulse(name) { if !isStuck { beats.beat() } }
            beats.pulse = pulse
        }

        /// Set once, before anybody wakes the thread.
        private final class Beats: @unchecked Sendable {
            weak var pulse: Pulse?
            func beat() { pulse?.beat() }
        }
    }

    @Test func aThreadThatDoesNotAdvanceIsFoundByLooksThatFollow() throws {
        let loops = [Loop("idle", isStuck: false), Loop("stuck", isStuck: true)]
        let health = DaemonHealth(nil, nil, patience: .milliseconds(50))
        health.begin(loops.map(\.pulse))
        let deadline = ContinuousClock.now + patience
        while health.failure == nil { try #require(ContinuousClock.now < deadline) }
        #expect(health.failure?.hasPrefix("the thread 'stuck' has not advanced for") == true)
        #expect(health.unreadiness == health.failure)
        // It waits for something that is watched itself.
        loops[1].pulse.waiting { #expect(health.failure == nil) }
    }

    @Test func aStopIsNoFailure() {
        let loop = Loop("stuck", isStuck: true)
        let health = DaemonHealth(nil, nil, patience: .zero)
        health.begin([loop.pulse])
        // The first look only wakes the threads.
        #expect(health.failure == nil)
        #expect(health.failure != nil)
        health.noteStopping()
        #expect(health.failure == nil && health.unreadiness == "stopping")
    }
}
