import Dispatch
import Engine
import Synchronization
import Testing

@Suite struct ClockTests {
    @Test func aSignalIsTakenOnceAndADeadlineEndsTheWait() {
        let semaphore = MonotonicSemaphore()
        let start = ContinuousClock.now
        #expect(!semaphore.wait(until: .now()))
        #expect(!semaphore.wait(until: .now() + 0.02))
        #expect(ContinuousClock.now - start >= .milliseconds(20))
        semaphore.signal()
        #expect(semaphore.wait(until: .now()))
        #expect(!semaphore.wait(until: .now()))
        semaphore.signal()
        #expect(semaphore.wait(until: .distantFuture))
    }

    @Test func everySignalWakesOneOfSeveralThreads() {
        let semaphore = MonotonicSemaphore()
        let threads = (0..<4).map { index in
            WorkerThread(name: "waiter") {
                for _ in 0..<500 {
                    semaphore.wait(until: index.isMultiple(of: 2) ? .distantFuture : .now() + 60)
                }
            }
        }
        for _ in 0..<2000 { semaphore.signal() }
        for thread in threads { #expect(thread.join(until: .now() + 60)) }
        #expect(!semaphore.wait(until: .now()))
    }

    /// A clock for retention, and the two that it reads.
    private final class Clocks {
        var (wall, uptime) = (1_700_000_000.0, 50.0)
        lazy var retention = RetentionClock(wall: { self.wall }, uptime: { self.uptime })

        func pass(_ seconds: Double, leap: Double = 0) -> Double {
            uptime += seconds
            wall += seconds + leap
            return retention.now()
        }
    }

    @Test func aLeapAheadIsBelievedOnceItHasLasted() {
        let clocks = Clocks()
        #expect(clocks.retention.now() == 1_700_000_000)
        #expect(clocks.pass(10) == 1_700_000_010)
        let leap = 1e8
        #expect(clocks.pass(10, leap: leap) == 1_700_000_020)
        #expect(clocks.pass(3599) == 1_700_003_619)
        #expect(clocks.pass(1) == clocks.wall)
        #expect(clocks.pass(60) == clocks.wall)
        // Back again, and ahead once more.
        #expect(clocks.pass(1, leap: -leap) == 1_700_003_681)
        #expect(clocks.pass(0, leap: leap) == 1_700_003_681)
        #expect(clocks.pass(0, leap: -leap) == 1_700_003_681)
        #expect(clocks.pass(9000, leap: leap) == 1_700_012_681)
    }
}
