import HeapModule
import Tokenizer

/// Trains a byte-level BPE: repeatedly merges the most frequent pair of tokens into a new token.
///
/// Source: Sennrich, Haddow and Birch, "Neural machine translation of rare words with subword
/// units" (2016). Ids and merges equal those of `BpeTrainer` of the package `tokenizers`: among
/// equally frequent pairs, the pair with the lower ids is merged first.
///
/// Pairs are counted once; a merge then updates the counts that it changes. A pair first occurs at
/// one merge; later merges can only lower its count.
package struct BPETrainer {
    private let options: BPEOptions
    private var words: SegmentedWords
    private var tokens: [[UInt8]]
    private var counts: [MergePair: Int] = [:]
    private var candidates = Heap<MergeCandidate>()
    private var merges: [MergePair] = []

    /// - Parameter words: counted with the special tokens of `options`, which must be valid.
    package init(_ words: WordCounts, _ options: BPEOptions) {
        self.options = options
        tokens = options.specialTokens.map { Array($0.utf8) }
        var byteTokens = [Int32](repeating: 0, count: 256)
        for byte in Self.alphabet {
            byteTokens[Int(byte)] = Int32(tokens.count)
            tokens.append([byte])
        }
        self.words = SegmentedWords(words, byteTokens: byteTokens)
    }

    /// The bytes in the order of their spelling in the file.
    private static let alphabet = (UInt8.min...UInt8.max).sorted {
        ByteLevelAlphabet.scalars[Int($0)] < ByteLevelAlphabet.scalars[Int($1)]
    }

    /// Merges until the vocabulary is complete or no pair is frequent enough.
    ///
    /// - Parameter progress: receives the number of tokens after each merge.
    package consuming func train<Failure: Error>(
        progress: (Int) throws(Failure) -> Void
    ) throws(Failure) -> TrainedBPE {
        apply(words.pairs())
        while tokens.count < options.vocabularySize, let candidate = nextCandidate() {
            merge(candidate)
            try progress(tokens.count)
        }
        return TrainedBPE(specialTokens: options.specialTokens, tokens: tokens, merges: merges)
    }

    /// The most frequent pair. A candidate whose count has fallen is inserted again with the new
    /// count.
    private mutating func nextCandidate() -> MergeCandidate? {
        while var candidate = candidates.popMax() {
            let count = counts[candidate.pair] ?? 0
            if candidate.count == count { return candidate }
            candidate.count = count
            insert(candidate)
        }
        return nil
    }

    private mutating func insert(_ candidate: MergeCandidate) {
        if candidate.count >= options.minFrequency { candidates.insert(candidate) }
    }

    private mutating func merge(_ candidate: MergeCandidate) {
        let pair = candidate.pair
        let token = Int32(tokens.count)
        tokens.append(tokens[Int(pair.left)] + tokens[Int(pair.right)])
        merges.append(pair)
        var changes: [MergePair: PairChange] = [:]
        for word in candidate.words { words.merge(pair, into: token, in: Int(word), &changes) }
        apply(changes)
    }

    private mutating func apply(_ changes: [MergePair: PairChange]) {
        for (pair, change) in changes {
            let count = counts[pair, default: 0] + change.count
            counts[pair] = count
            guard !change.words.isEmpty else { continue }
            insert(MergeCandidate(pair: pair, count: count, words: change.words))
        }
    }
}
