import Randomness
import RateLimits
import Testing

@Suite struct TokenBucketTests {
    /// A bucket, with exact arithmetic.
    private struct Model {
        let limit: RateLimit
        /// In billionths, with room for every product.
        var tokens: Int128
        var time: Int64 = 0

        init(_ limit: RateLimit) {
            self.limit = limit
            tokens = Int128(limit.burst) * 1_000_000_000
        }

        mutating func admits(_ cost: Int, _ now: Int64) -> Bool {
            let come = Int128(now - time) * Int128(limit.perSecond)
            tokens = min(Int128(limit.burst) * 1_000_000_000, tokens + come)
            time = now
            let price = Int128(cost) * 1_000_000_000
            guard tokens >= price else { return false }
            tokens -= price
            return true
        }
    }

    @Test(arguments: [
        (1, 1), (3, 7), (1000, 100), (999_999_937, 12_345), (1, 5_000), (1 << 32, 1 << 32),
    ])
    func itAdmitsExactlyWhatTheLimitAllows(perSecond: Int, burst: Int) {
        var random = SeededRandom(seed: UInt64(perSecond) &* 31 &+ UInt64(burst))
        let limit = RateLimit(perSecond: perSecond, burst: burst)
        var (bucket, model) = (TokenBucket(), Model(limit))
        var now: Int64 = 0
        var admitted: [(time: Int64, cost: Int)] = []
        for _ in 0..<3000 {
            // From nanoseconds to some times of what fills it.
            let scale = Int64(1) << Int64.random(in: 0...40, using: &random)
            now += Int64.random(in: 0...scale, using: &random)
            let cost = Int.random(in: 0...min(burst, 1 << 20), using: &random)
            let wait = bucket.wait(for: cost, limit, now: now)
            #expect((wait == 0) == model.admits(cost, now))
            if wait == 0 {
                bucket.take(cost, limit, now: now)
                admitted.append((now, cost))
            } else {
                // The wait is the shortest that is enough.
                #expect(bucket.wait(for: cost, limit, now: now + wait) == 0)
                #expect(bucket.wait(for: cost, limit, now: now + wait - 1) > 0)
            }
            #expect(bucket.full(limit) >= 0)
        }
        check(admitted, limit)
    }

    /// Never more than the burst and what comes, over windows of all lengths.
    private func check(_ admitted: [(time: Int64, cost: Int)], _ limit: RateLimit) {
        for first in stride(from: 0, to: admitted.count, by: 37) {
            var sum: Int128 = 0
            for event in admitted[first...] {
                sum += Int128(event.cost) * 1_000_000_000
                let time = Int128(event.time - admitted[first].time)
                let most =
                    Int128(limit.burst) * 1_000_000_000 + time * Int128(limit.perSecond)
                #expect(sum <= most)
                if sum > most { return }
            }
        }
    }

    @Test func aClockThatGoesBackGivesNothing() {
        let limit = RateLimit(perSecond: 10, burst: 1)
        var bucket = TokenBucket()
        bucket.take(1, limit, now: 1_000_000_000)
        #expect(bucket.wait(for: 1, limit, now: 0) == 100_000_000)
        bucket.take(0, limit, now: 0)
        #expect(bucket.wait(for: 1, limit, now: 1_099_999_999) == 1)
        #expect(bucket.wait(for: 1, limit, now: 1_100_000_000) == 0)
    }

    @Test func anotherLimitCountsFromNowOn() {
        var bucket = TokenBucket()
        let (old, new) = (RateLimit(perSecond: 1, burst: 10), RateLimit(perSecond: 2, burst: 4))
        for _ in 0..<10 { bucket.take(1, old, now: 0) }
        // Six more than the new burst has come back after three seconds, and then the first token.
        #expect(bucket.wait(for: 1, new, now: 0) == 3_500_000_000)
        #expect(bucket.wait(for: 0, new, now: 0) == 3_000_000_000)
    }

    @Test func numbersBeyondTheRangeAreTheNearestOfIt() {
        #expect(RateLimit(perSecond: 0) == RateLimit(perSecond: 1, burst: 1))
        #expect(RateLimit(perSecond: .max).burst == RateLimit.most)
    }
}
