/// The words of a corpus as tokens. Each merge reduces the number of tokens.
struct SegmentedWords {
    /// Word `i` is `tokens[starts[i]..<starts[i] + lengths[i]]`.
    private var tokens: [Int32] = []
    private var starts: [Int] = []
    private var lengths: [Int] = []

    private let counts: [Int]

    init(_ words: WordCounts, byteTokens: [Int32]) {
        counts = words.counts
        for word in 0..<words.count {
            starts.append(tokens.count)
            tokens += words[word].lazy.map { byteTokens[Int($0)] }
            lengths.append(words[word].count)
        }
    }

    /// All pairs, with their counts and words.
    func pairs() -> [MergePair: PairChange] {
        var pairs: [MergePair: PairChange] = [:]
        for word in starts.indices {
            for index in starts[word]..<starts[word] + max(0, lengths[word] - 1) {
                let pair = MergePair(left: tokens[index], right: tokens[index + 1])
                pairs[pair, default: PairChange()].add(counts[word], in: word)
            }
        }
        return pairs
    }

    /// Replaces a pair by `token`, from left to right, and adds the changes of the adjacent pairs
    /// to `changes`.
    mutating func merge(
        _ pair: MergePair, into token: Int32, in word: Int, _ changes: inout [MergePair: PairChange]
    ) {
        let count = counts[word]
        let end = starts[word] + lengths[word]
        var (read, write) = (starts[word], starts[word])
        while read < end {
            guard tokens[read] == pair.left, read + 1 < end, tokens[read + 1] == pair.right else {
                tokens[write] = tokens[read]
                (read, write) = (read + 1, write + 1)
                continue
            }
            if write > starts[word] {
                let left = tokens[write - 1]
                changes[MergePair(left: left, right: pair.left), default: .init()]
                    .add(-count, in: word)
                changes[MergePair(left: left, right: token), default: .init()].add(count, in: word)
            }
            if read + 2 < end {
                let right = tokens[read + 2]
                changes[MergePair(left: pair.right, right: right), default: .init()]
                    .add(-count, in: word)
                changes[MergePair(left: token, right: right), default: .init()].add(count, in: word)
            }
            tokens[write] = token
            (read, write) = (read + 2, write + 1)
        }
        lengths[word] = write - starts[word]
    }
}
