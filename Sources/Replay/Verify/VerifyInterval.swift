import Storage

/// An incarnation's requests between two checkpoints: replayed without those before.
struct VerifyInterval: Sendable {
    let status: IncarnationStatus
    /// Without its snapshot; nil for the incarnation's beginning.
    let start: CheckpointRecord?
    /// The checkpoint at its end; nil for the end of what is stored.
    let end: CheckpointRecord?

    /// All intervals of an incarnation.
    static func all(
        of status: IncarnationStatus, checkpoints: [CheckpointRecord]
    ) -> [VerifyInterval] {
        let starts = (status.cut == 0 ? [nil] : []) + checkpoints.map(Optional.some)
        let ends = starts.dropFirst() + [nil]
        return zip(starts, ends).map { VerifyInterval(status: status, start: $0, end: $1) }
            .filter { !$0.isEmpty }
    }

    private var isEmpty: Bool {
        let from = (start?.sequence ?? 0, start?.position ?? 0)
        let to = (end?.sequence ?? status.nextSequence, end?.position ?? 0)
        return from >= to
    }
}
