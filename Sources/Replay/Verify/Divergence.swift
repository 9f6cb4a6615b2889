import Engine
package import Wire

/// A place in a stored incarnation where replay differs from the record.
package struct Divergence: Equatable, Sendable {
    /// What differs from the record.
    package enum Kind: String, Sendable {
        /// The state after a request.
        case state
        /// The events published for a request.
        case events
        /// The state that a checkpoint holds.
        case checkpoint
        /// The record there cannot be read.
        case damage
    }

    package let kind: Kind
    package let stream: StreamID
    package let incarnation: UInt64
    /// The request; of a checkpoint, the one that it is before or within.
    package let sequence: UInt64
    /// Bytes of that request's text that a checkpoint holds.
    package var position: UInt64 = 0
    /// What was found, as one sentence.
    package let message: String
    /// The checkpoint that replay began from; both numbers are 0 for the beginning.
    package let start: Start
    /// The place in the request, where it could be determined.
    package var narrowing: Narrowing?

    package struct Start: Equatable, Sendable {
        package var sequence: UInt64 = 0
        package var position: UInt64 = 0
    }

    /// By stream, incarnation and place in it.
    static func comesBefore(_ a: Divergence, _ b: Divergence) -> Bool {
        if a.stream != b.stream { return a.stream.utf8.lexicographicallyPrecedes(b.stream.utf8) }
        return (a.incarnation, a.sequence, a.rank, a.position) < (
            b.incarnation, b.sequence, b.rank, b.position
        )
    }

    /// A checkpoint comes before the end of the request that it is before or within.
    private var rank: Int { kind == .checkpoint ? 0 : 1 }
}
