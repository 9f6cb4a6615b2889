import RateLimits

/// How many encrypted handshakes may be computed: each costs some tenths of a millisecond, in which the
/// gate's thread does nothing for other peers. Those that are beyond the rate wait.
struct GateHandshakes {
    private var all: GateRate
    private var addresses = RateTable<GateAddress>()
    private var addressRates: Rates

    init(_ totals: GateTotals) {
        all = GateRate(perSecond: totals.handshakes)
        addressRates = Self.rates(totals)
    }

    mutating func set(_ totals: GateTotals) {
        all.set(perSecond: totals.handshakes)
        addressRates = Self.rates(totals)
    }

    private static func rates(_ totals: GateTotals) -> Rates {
        guard totals.addressHandshakes < .max else { return Rates() }
        return Rates(messages: RateLimit(perSecond: totals.addressHandshakes))
    }

    /// Takes a turn. Nil if it was there; otherwise when to ask again.
    mutating func take(
        _ address: GateAddress?, _ now: ContinuousClock.Instant
    ) -> ContinuousClock.Instant? {
        let time = GateRate.nanoseconds(now)
        if let address {
            let wait = addresses.wait(of: address, bytes: 0, addressRates, now: time).messages
            guard wait == 0 else { return now + .nanoseconds(wait) }
        }
        guard all.hasToken(now) else { return all.nextTime(now) }
        all.take(now)
        if let address { addresses.take(address, bytes: 0, addressRates, now: time) }
        return nil
    }
}
