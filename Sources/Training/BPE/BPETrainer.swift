import HeapModule
import Tokenizer

/// Learns a byte-level BPE: again and again the most frequent pair of tokens becomes a token.
///
/// Source: Sennrich, Haddow and Birch, "Neural machine translation of rare words with subword
/// units" (2016). Pairs are counted once, and then only where a merge changes them. Choices and
/// order are those of `BpeTrainer` of the package `tokenizers`, so its merges come out: of pairs
/// equally frequent the one of the lower ids is first. Also as there, a token that two merges
/// spell is one token, and a pair that it makes again after its merge is merged again, the later
/// place being the one that counts.
package struct BPETrainer {
    private let options: BPEOptions
    private var words: SegmentedWords
    private var tokens: [[UInt8]]

    /// The tokens that merging can spell; it never spells a special one.
    private var ids: [[UInt8]: Int32] = [:]
    private var counts: [MergePair: Int] = [:]
    private var candidates = Heap<MergeCandidate>()
    private var merges: [MergePair] = []

    /// - Parameter words: cut with the special tokens of `options`, which must be valid.
    package init(_ words: WordCounts, _ options: BPEOptions) {
        self.options = options
        tokens = options.specialTokens.map { Array($0.utf8) }
        var byteTokens = [Int32](repeating: 0, count: 256)
        for byte in Self.alphabet {
            byteTokens[Int(byte)] = Int32(tokens.count)
            ids[[byte]] = Int32(tokens.count)
            tokens.append([byte])
        }
        self.words = SegmentedWords(words, byteTokens: byteTokens)
    }

    /// The bytes by how the file spells them.
    private static let alphabet = (UInt8.min...UInt8.max).sorted {
        ByteLevelAlphabet.scalars[Int($0)] < ByteLevelAlphabet.scalars[Int($1)]
    }

    /// Merges until there are enough tokens, or no pair is frequent enough.
    ///
    /// - Parameter progress: is told the number of tokens after each merge.
    package consuming func train<Failure: Error>(
        progress: (Int) throws(Failure) -> Void
    ) throws(Failure) -> TrainedBPE {
        apply(words.pairs())
        while tokens.count < options.vocabularySize, let candidate = nextCandidate() {
            merge(candidate)
            try progress(tokens.count)
        }
        return TrainedBPE(
            specialTokens: options.specialTokens, tokens: tokens, merges: Self.last(merges))
    }

    /// The most frequent pair. A candidate's count may be too high, when other merges have taken
    /// some of it; then it waits for its turn again.
    private mutating func nextCandidate() -> MergeCandidate? {
        while var candidate = candidates.popMax() {
            let count = counts[candidate.pair] ?? 0
            if candidate.count == count { return count < options.minFrequency ? nil : candidate }
            candidate.count = count
            candidates.insert(candidate)
        }
        return nil
    }

    private mutating func merge(_ candidate: MergeCandidate) {
        let pair = candidate.pair
        let bytes = tokens[Int(pair.left)] + tokens[Int(pair.right)]
        let token = ids[bytes] ?? Int32(tokens.count)
        if ids.updateValue(token, forKey: bytes) == nil { tokens.append(bytes) }
        merges.append(pair)
        var changes: [MergePair: PairChange] = [:]
        for word in candidate.words { words.merge(pair, into: token, in: Int(word), &changes) }
        apply(changes)
    }

    private mutating func apply(_ changes: [MergePair: PairChange]) {
        for (pair, change) in changes {
            let count = counts[pair, default: 0] + change.count
            counts[pair] = count
            guard count > 0, !change.words.isEmpty else { continue }
            candidates.insert(MergeCandidate(pair: pair, count: count, words: change.words))
        }
    }

    /// Each merge once, where it stands last.
    private static func last(_ merges: [MergePair]) -> [MergePair] {
        var seen: Set<MergePair> = []
        return merges.reversed().filter { seen.insert($0).inserted }.reversed()
    }
}
