import RateLimits
import Testing

@Suite struct RateTableTests {
    private let second: Int64 = 1_000_000_000

    @Test func sendersDoNotShareARate() {
        var table = RateTable<String>()
        let rates = Rates(
            messages: RateLimit(perSecond: 2, burst: 2), bytes: RateLimit(perSecond: 100))
        for _ in 0..<2 {
            #expect(table.wait(of: "a", bytes: 10, rates, now: 0) == (0, 0))
            table.take("a", bytes: 10, rates, now: 0)
        }
        #expect(table.wait(of: "a", bytes: 10, rates, now: 0) == (second / 2, 0))
        #expect(table.wait(of: "b", bytes: 100, rates, now: 0) == (0, 0))
        table.take("b", bytes: 100, rates, now: 0)
        #expect(table.wait(of: "b", bytes: 50, rates, now: 0) == (0, second / 2))
    }

    @Test func whoHasNotSentForLongIsForgotten() {
        var table = RateTable<Int>()
        let rates = Rates(messages: RateLimit(perSecond: 1))
        for sender in 0..<100_000 {
            // A thousand a second, each of which is unused again after one.
            let now = Int64(sender) * second / 1000
            #expect(table.wait(of: sender, bytes: 1, rates, now: now).messages == 0)
            table.take(sender, bytes: 1, rates, now: now)
        }
        #expect(table.count <= 2100)
        table.take(-1, bytes: 1, Rates(), now: 0)
        #expect(table.wait(of: -1, bytes: 1, rates, now: 0).messages == 0)
    }
}
