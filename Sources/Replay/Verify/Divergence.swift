import Engine
package import Wire

/// A place in a stored life at which reading again leads elsewhere.
package struct Divergence: Equatable, Sendable {
    /// What is not as it was recorded.
    package enum Kind: String, Sendable {
        /// The state after a request.
        case state
        /// What was published about it.
        case events
        /// The state that a checkpoint holds.
        case checkpoint
        /// What the store holds there cannot be read.
        case damage
    }

    package let kind: Kind
    package let stream: StreamID
    package let life: UInt64
    /// The request; of a checkpoint, the one that it stands before or within.
    package let sequence: UInt64
    /// Bytes of that request's text that a checkpoint holds.
    package var position: UInt64 = 0
    /// What was found, as one sentence.
    package let message: String
    /// The checkpoint that reading began from: its sequence and position; both 0 for the beginning.
    package let start: Start
    /// Where in the request, as far as that can be told.
    package var narrowing: Narrowing?

    package struct Start: Equatable, Sendable {
        package var sequence: UInt64 = 0
        package var position: UInt64 = 0
    }

    /// First things first: by stream, life and place in it.
    static func comesBefore(_ a: Divergence, _ b: Divergence) -> Bool {
        if a.stream != b.stream { return a.stream.utf8.lexicographicallyPrecedes(b.stream.utf8) }
        return (a.life, a.sequence, a.rank, a.position) < (b.life, b.sequence, b.rank, b.position)
    }

    /// A checkpoint comes before the end of the request that it stands before or within.
    private var rank: Int { kind == .checkpoint ? 0 : 1 }
}
