/// Determines whether a text can continue so that a token crosses its end.
struct TokenReach {
    private let forward: ByteTrie
    private var memo = BooleanMemo(bits: 13)

    /// The number of searches.
    private(set) var searchCount = 0

    /// A token whose last bytes are an incomplete scalar, and those bytes.
    private struct Unfinished: Hashable {
        let token: Int32
        let prefix: UTF8Prefix
    }

    init(_ tokenizer: BPETokenizer) { forward = tokenizer.forward }

    /// Whether a token that begins with the bytes of `node`, the end of the text, can follow
    /// `previous` if only scalars of one class come next. `prefix` is the incomplete scalar at the
    /// end of the text.
    mutating func canCross(
        _ node: Int, after previous: Int32?, prefix: UTF8Prefix, kind: CharacterClass,
        pairs: inout TokenPairs
    ) -> Bool {
        let key = UInt64(node) << 31 | UInt64((previous ?? -1) + 1) << 2 | UInt64(kind.rawValue)
        if prefix.isEmpty, let known = memo[key] { return known }
        searchCount += 1
        var seen: Set<Unfinished> = []
        let answer = reaches(
            from: node, after: previous, prefix: prefix, kind: kind, seen: &seen, pairs: &pairs)
        if prefix.isEmpty { memo[key] = answer }
        return answer
    }

    /// Searches for a token below `node`. A token that ends within a scalar needs another token
    /// after it.
    private func reaches(
        from node: Int, after previous: Int32?, prefix: UTF8Prefix, kind: CharacterClass,
        seen: inout Set<Unfinished>, pairs: inout TokenPairs
    ) -> Bool {
        for child in forward.children(of: node) {
            guard let rest = kind.reading(forward.byte(into: child), after: prefix) else {
                continue
            }
            if let token = forward.token(at: child),
                previous.map({ pairs.isEncoding($0, token) }) ?? true,
                rest.isEmpty
                    || seen.insert(Unfinished(token: token, prefix: rest)).inserted
                        && reaches(
                            from: ByteTrie.root, after: token, prefix: rest, kind: kind,
                            seen: &seen, pairs: &pairs)
            {
                return true
            }
            if reaches(
                from: child, after: previous, prefix: rest, kind: kind, seen: &seen, pairs: &pairs)
            {
                return true
            }
        }
        return false
    }
}
