/// Tells which tokens can stand side by side in an encoding.
///
/// A sequence of tokens is the encoding of its bytes if and only if every two neighbours are the
/// encoding of theirs. For in a longer text the merges within two neighbours are those of the two
/// alone, in the same order, until one crosses their boundary; the first merge to cross any
/// boundary would therefore cross it in the two alone as well. This is the ground on which
/// everything incremental here stands; it holds for any list of merges. (The idea is that of the
/// crate `bpe` in github/rust-gems.)
struct TokenPairs {
    private let vocabulary: Vocabulary
    private var merging: Merging
    private var memo = BooleanMemo(bits: 15)

    /// How many pairs had to be merged to know.
    private(set) var mergeCount = 0

    init(_ tokenizer: BPETokenizer) {
        vocabulary = tokenizer.vocabulary
        merging = Merging(tokenizer.merges, byteTokens: tokenizer.byteTokens)
    }

    /// Whether the bytes of two reachable tokens are encoded as these two.
    mutating func isEncoding(_ left: Int32, _ right: Int32) -> Bool {
        let key = UInt64(left) << 31 | UInt64(right)
        if let known = memo[key] { return known }
        let answer = merging.keepsApart(vocabulary.bytes(of: left), vocabulary.bytes(of: right))
        memo[key] = answer
        mergeCount += 1
        return answer
    }
}
