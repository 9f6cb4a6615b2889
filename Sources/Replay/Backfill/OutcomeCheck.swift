import Storage

/// Compares what came of the requests that are played with what was stored of them.
struct OutcomeCheck {
    private let session: Session
    /// The request of which a part was played without events, so that its digest of events is another.
    private var silenced: UInt64?

    init(_ session: Session) { self.session = session }

    /// - Parameter isSilent: whether the step published nothing, whatever was due.
    mutating func note(
        _ step: PlayedStep, of player: SessionPlayer, isSilent: Bool
    ) throws(BackfillError) {
        guard let request = player.request else { return }
        if isSilent { silenced = request.record.sequence }
        guard let stored = request.outcome else { return }
        for found in step.outcomes where found.sequence == stored.sequence {
            guard found.stateDigest == stored.stateDigest, found.tokens == stored.tokens,
                found.epoch == stored.epoch, found.offset == stored.offset
            else { throw .diverged(at: stored.sequence) }
            let isSame = silenced != stored.sequence && found.audience == stored.audience
            guard isSame, let events = stored.eventsDigest else { continue }
            guard events == found.eventsDigest else { throw .diverged(at: stored.sequence) }
        }
    }
}
