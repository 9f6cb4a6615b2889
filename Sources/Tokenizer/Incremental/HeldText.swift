/// What a stream keeps of a text between two appends.
struct HeldText: Hashable, Sendable {
    /// Source bytes whose tokens are not all known, from the start of a scalar on: whole scalars.
    var bytes: [UInt8] = []

    /// The beginning of a scalar, which follows them.
    var prefix = UTF8Prefix()

    /// Where the pre-tokenizer stood before them.
    var state = PreTokenizerState.start

    /// How much of the first scalar's text, and of its source, is in tokens already given out.
    var skippedText: UInt8 = 0
    var skippedSource: UInt8 = 0

    /// How many source bytes no token covers yet.
    var byteCount: Int { bytes.count + prefix.count - Int(skippedSource) }
}
