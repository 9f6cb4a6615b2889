import Dispatch
import Glibc
import Synchronization
import Testing
import Threads

@Suite struct PulseTests {
    private let start = ContinuousClock.now

    @Test func findsAThreadThatStandsStill() {
        let (runs, hangs) = (Pulse("runs") {}, Pulse("hangs") {})
        var watch = PulseWatch([runs, hangs], patience: .seconds(10), now: start)
        for second in 1..<10 {
            runs.beat()
            #expect(watch.stalled(now: start + .seconds(second)).isEmpty)
        }
        runs.beat()
        let stalled = watch.stalled(now: start + .seconds(10))
        #expect(stalled.map(\.name) == ["hangs"])
        #expect(stalled.map(\.time) == [.seconds(10)])
        hangs.beat()
        #expect(watch.stalled(now: start + .seconds(11)).isEmpty)
    }

    @Test func awaitedCallsAreNoHang() {
        let pulse = Pulse("waits") {}
        var watch = PulseWatch([pulse], patience: .seconds(10), now: start)
        pulse.waiting { #expect(watch.stalled(now: start + .seconds(100)).isEmpty) }
        // The end of the call is an advance.
        #expect(watch.stalled(now: start + .seconds(200)).isEmpty)
        #expect(watch.stalled(now: start + .seconds(210)).map(\.name) == ["waits"])
    }

    /// A thread that waits at its mailbox beats because it is asked to, and only then.
    @Test(arguments: [false, true]) func idleThreadsAreWoken(wakesPoller: Bool) throws {
        let event = try WakeEvent()
        let mailbox = Mailbox<Int>(limit: 1, waking: wakesPoller ? event : nil)
        let pulse = Pulse("idle") { mailbox.wakeIdleConsumer() }
        let beats = Atomic<Int>(0)
        let thread = WorkerThread(name: "idle") {
            while !mailbox.isClosed {
                event.clear()
                pulse.beat()
                beats.add(1, ordering: .relaxed)
                guard !mailbox.isClosed else { return }
                if wakesPoller {
                    var entry = pollfd(
                        fd: event.fileDescriptor, events: Int16(POLLIN), revents: 0)
                    _ = unsafe poll(&entry, 1, -1)
                } else {
                    mailbox.waitForArrival(until: .distantFuture)
                }
            }
        }
        var watch = PulseWatch([pulse], patience: .zero, now: start)
        for _ in 0..<100 {
            let before = beats.load(ordering: .relaxed)
            let deadline = ContinuousClock.now + .seconds(30)
            while beats.load(ordering: .relaxed) == before, ContinuousClock.now < deadline {
                _ = watch.stalled()
            }
            #expect(beats.load(ordering: .relaxed) > before)
        }
        mailbox.close()
        thread.join()
    }
}
