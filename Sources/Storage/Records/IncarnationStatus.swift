/// How far one incarnation of a stream has come.
package struct IncarnationStatus: Equatable, Sendable {
    package let incarnation: StreamIncarnation
    /// When it ended; nil while it continues.
    package let ended: Double?
    /// Requests before this sequence have been forgotten.
    package let cut: UInt64
    /// What its next request is numbered.
    package let nextSequence: UInt64

    package init(
        incarnation: StreamIncarnation, ended: Double?, cut: UInt64, nextSequence: UInt64
    ) {
        self.incarnation = incarnation
        self.ended = ended
        self.cut = cut
        self.nextSequence = nextSequence
    }

    package var isEnded: Bool { ended != nil }
}
