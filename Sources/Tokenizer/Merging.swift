/// Byte-pair encoding by its definition: of all pairs the one of lowest rank, then the leftmost,
/// is merged, until none is left (Sennrich et al., 2016).
struct Merging {
    let merges: MergeTable

    /// The token of each byte: `[256]`.
    let byteTokens: [Int32]

    /// The tokens of `bytes`; nil when two are merged across `boundary`. Quadratic: for short ones.
    func encode(_ bytes: some Collection<UInt8>, keeping boundary: Int = 0) -> [Int32]? {
        var tokens = bytes.map { byteTokens[Int($0)] }
        var ends = Array(1...max(1, tokens.count))
        var pairs = zip(tokens, tokens.dropFirst()).map { merges[$0, $1] }
        while let (index, merge) = best(pairs) {
            if ends[index] == boundary { return nil }
            tokens[index] = merge.result
            tokens.remove(at: index + 1)
            ends.remove(at: index)
            pairs.remove(at: index)
            if index > 0 { pairs[index - 1] = merges[tokens[index - 1], tokens[index]] }
            if index < pairs.count { pairs[index] = merges[tokens[index], tokens[index + 1]] }
        }
        return tokens
    }

    private func best(_ pairs: [MergeTable.Merge?]) -> (Int, MergeTable.Merge)? {
        var best: (index: Int, merge: MergeTable.Merge)?
        for (index, pair) in pairs.enumerated() {
            if let pair, pair.rank < best?.merge.rank ?? .max { best = (index, pair) }
        }
        return best
    }
}
