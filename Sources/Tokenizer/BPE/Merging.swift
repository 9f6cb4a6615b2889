/// Byte-pair encoding by its definition: the pair of the lowest rank, and of equals the leftmost,
/// is merged until none is left (Sennrich et al. 2016). It takes quadratic time, so it is used for
/// short texts.
struct Merging {
    private let table: MergeTable

    /// The token of each byte: `[256]`.
    private let byteTokens: [Int32]

    /// The encoding so far, and the end of each token in the text.
    private(set) var tokens: [Int32] = []
    private(set) var ends: [Int] = []

    /// The merge of each token with the next one.
    private var merges: [MergeTable.Merge] = []

    init(_ table: MergeTable, byteTokens: [Int32]) {
        self.table = table
        self.byteTokens = byteTokens
    }

    /// The tokens of `bytes`.
    mutating func encode(_ bytes: some Collection<UInt8>) -> [Int32] {
        begin(bytes)
        _ = run()
        return tokens
    }

    /// Whether the encoding of the concatenation of two texts has a boundary between them.
    mutating func keepsApart(
        _ left: some Collection<UInt8>, _ right: some Collection<UInt8>
    ) -> Bool {
        begin(left)
        append(right)
        return run(keeping: left.count)
    }

    private mutating func begin(_ bytes: some Collection<UInt8>) {
        tokens.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        merges.removeAll(keepingCapacity: true)
        append(bytes)
    }

    private mutating func append(_ bytes: some Collection<UInt8>) {
        for byte in bytes {
            let token = byteTokens[Int(byte)]
            if let last = tokens.last { merges.append(table[last, token]) }
            tokens.append(token)
            ends.append(tokens.count)
        }
    }

    /// Merges until no merge is left. Stops with false before a merge across `boundary`.
    private mutating func run(keeping boundary: Int = 0) -> Bool {
        while let index = lowestRank() {
            if ends[index] == boundary { return false }
            tokens[index] = merges[index].result
            tokens.remove(at: index + 1)
            ends.remove(at: index)
            merges.remove(at: index)
            if index > 0 { merges[index - 1] = table[tokens[index - 1], tokens[index]] }
            if index < merges.count { merges[index] = table[tokens[index], tokens[index + 1]] }
        }
        return true
    }

    private func lowestRank() -> Int? {
        var lowest = MergeTable.Merge.none.rank
        var found: Int?
        for index in merges.indices where merges[index].rank < lowest {
            lowest = merges[index].rank
            found = index
        }
        return found
    }
}
