/// Since when a peer has taken nothing of what waits for it.
struct ReaderProgress {
    private var since = ContinuousClock.Instant.now
    private var sentCount = 0
    /// When it will have been too long.
    private(set) var deadline: ContinuousClock.Instant?

    mutating func note(_ waiting: PendingBytes, _ now: ContinuousClock.Instant) {
        guard waiting.isEmpty || waiting.sentCount != sentCount else { return }
        (since, sentCount) = (now, waiting.sentCount)
    }

    /// - Parameter bound: nil where nothing is too much.
    /// - Throws: `slow` where too much waits, or for too long.
    mutating func check(
        _ waiting: PendingBytes, _ bound: (bytes: Int, patience: Duration)?,
        _ now: ContinuousClock.Instant
    ) throws(GateRefusal) {
        deadline = nil
        guard !waiting.isEmpty, let bound else { return }
        guard waiting.count < bound.bytes else {
            throw .slow("\(waiting.count) bytes wait for it; expected less than \(bound.bytes)")
        }
        guard since + bound.patience > now else {
            throw .slow(
                "it has taken nothing for \(bound.patience), and \(waiting.count) bytes wait for it"
            )
        }
        deadline = since + bound.patience
    }
}

extension GateRefusal {
    static func slow(_ found: String) -> GateRefusal {
        GateRefusal(.slow, "the reader is too slow: " + found)
    }
}
