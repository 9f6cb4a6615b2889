/// A stream's whole state between two of its tokens: all that is needed to continue from there.
package struct CheckpointRecord: Equatable, Sendable {
    package var key: StreamKey
    /// All requests before this one are in it,
    package var sequence: UInt64
    /// and so many bytes of this one's text.
    package var position: UInt64
    package var epoch: UInt64
    /// Tokens of this incarnation.
    package var tokens: UInt64
    package var time: Double
    /// Kept until the stream's next checkpoint only.
    package var isTemporary: Bool
    package var model: [UInt8]
    package var snapshot: [UInt8]

    package init(
        key: StreamKey, sequence: UInt64, position: UInt64, epoch: UInt64, tokens: UInt64,
        time: Double, isTemporary: Bool, model: [UInt8], snapshot: [UInt8]
    ) {
        self.key = key
        self.sequence = sequence
        self.position = position
        self.epoch = epoch
        self.tokens = tokens
        self.time = time
        self.isTemporary = isTemporary
        self.model = model
        self.snapshot = snapshot
    }

    /// What it covers.
    package var place: TextPosition { TextPosition(sequence: sequence, offset: position) }
}
