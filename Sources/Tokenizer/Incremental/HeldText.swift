/// The state of a stream between two appends.
struct HeldText: Hashable, Sendable {
    /// Source bytes whose tokens are not all certain: whole scalars.
    var bytes: [UInt8] = []

    /// The incomplete scalar that follows them.
    var prefix = UTF8Prefix()

    /// The state of the pre-tokenizer before them.
    var state = PreTokenizerState.start

    /// The number of bytes of the first scalar's text, and of its source, that emitted tokens
    /// cover.
    var skippedText: UInt8 = 0
    var skippedSource: UInt8 = 0

    /// The number of source bytes that no token covers yet.
    var byteCount: Int { bytes.count + prefix.count - Int(skippedSource) }
}
