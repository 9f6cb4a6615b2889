/// The times of one connection that it is closed by.
struct GateTimes {
    let start: ContinuousClock.Instant
    let handshakeEnd: ContinuousClock.Instant
    /// When something last came or went.
    private var lastMove: ContinuousClock.Instant

    init(_ rules: GateRules, now: ContinuousClock.Instant) {
        (start, lastMove) = (now, now)
        handshakeEnd = now + rules.handshake
    }

    mutating func noteMove(_ now: ContinuousClock.Instant) { lastMove = now }

    func checkHandshake(_ rules: GateRules, _ now: ContinuousClock.Instant) throws(GateRefusal) {
        guard handshakeEnd <= now else { return }
        throw GateRefusal(
            .handshake,
            "the handshake was not complete within \(rules.handshake); expected ZMTP 3")
    }

    func checkIdle(_ rules: GateRules, _ now: ContinuousClock.Instant) throws(GateRefusal) {
        guard let end = idleEnd(rules), end <= now else { return }
        throw GateRefusal(.idle, "nothing came or went for \(rules.idle ?? .zero)")
    }

    /// Nil while it may be idle.
    func idleEnd(_ rules: GateRules) -> ContinuousClock.Instant? {
        rules.isAdministrative ? nil : rules.idle.map { lastMove + $0 }
    }
}
