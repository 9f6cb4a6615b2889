import Engine
import Testing

@Suite struct ClockTests {
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
