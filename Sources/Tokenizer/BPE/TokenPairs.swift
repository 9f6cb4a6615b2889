/// Determines which tokens can be adjacent in an encoding.
///
/// A sequence of tokens is the encoding of its bytes if and only if every two neighbours are the
/// encoding of theirs. Proof: in a longer text, the merges within two neighbours are the same as
/// for the two alone, in the same order, until one crosses their boundary. So the first merge to
/// cross a boundary would also cross it for the two alone. All incremental encoding here relies on
/// this, for any list of merges. The idea is from the crate `bpe` in github/rust-gems.
struct TokenPairs {
    private let vocabulary: Vocabulary
    private var merging: Merging
    private var memo = BooleanMemo(bits: 15)

    /// The number of pairs that had to be merged.
    private(set) var mergeCount = 0

    init(_ tokenizer: BPETokenizer) {
        vocabulary = tokenizer.vocabulary
        merging = Merging(tokenizer.merges, byteTokens: tokenizer.byteTokens)
    }

    /// Whether the bytes of two reachable tokens are encoded as these two tokens.
    mutating func isEncoding(_ left: Int32, _ right: Int32) -> Bool {
        let key = UInt64(left) << 31 | UInt64(right)
        if let known = memo[key] { return known }
        let answer = merging.keepsApart(vocabulary.bytes(of: left), vocabulary.bytes(of: right))
        memo[key] = answer
        mergeCount += 1
        return answer
    }
}
