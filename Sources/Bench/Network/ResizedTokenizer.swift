import Foundation

/// A byte-level BPE's tokenizer.json with another number of tokens: text is cut much as the original
/// cuts it, so that a network of random weights reads tokens of a real text's length.
struct ResizedTokenizer {
    private var root: [String: Any]
    private var vocabulary: [String: Int]
    private var merges: [[String]]

    /// Nil if it is not a tokenizer.json of a BPE.
    init?(_ json: Data) {
        guard let root = try? JSONSerialization.jsonObject(with: json) as? [String: Any],
            let model = root["model"] as? [String: Any],
            let vocabulary = model["vocab"] as? [String: Int],
            let merges = model["merges"] as? [Any]
        else { return nil }
        self.root = root
        self.vocabulary = vocabulary
        self.merges = merges.compactMap {
            $0 as? [String] ?? ($0 as? String)?.split(separator: " ").map(String.init)
        }
    }

    /// Drops the rarest tokens, or joins pairs of tokens to new ones. Nil if even the bytes and the
    /// special tokens are too many.
    mutating func resize(to count: Int) -> Data? {
        vocabulary = vocabulary.filter { $0.value < count }
        merges.removeAll { vocabulary[$0.joined()] == nil }
        guard vocabulary.count >= 256 + specialCount else { return nil }
        extend(to: count)
        var model = root["model"] as? [String: Any] ?? [:]
        model["vocab"] = vocabulary
        model["merges"] = merges
        root["model"] = model
        guard vocabulary.count == count else { return nil }
        return try? JSONSerialization.data(withJSONObject: root)
    }

    private var specialCount: Int { (root["added_tokens"] as? [Any])?.count ?? 0 }

    /// Words of the vocabulary with endings of the vocabulary: few of them come in a text, as few of
    /// a large vocabulary do.
    private mutating func extend(to count: Int) {
        let tokens = vocabulary.sorted { $0.value < $1.value }.map(\.key)
        let words = tokens.filter { $0.hasPrefix("\u{120}") && $0.count > 3 }
        let endings = tokens.filter { $0.count > 1 && $0.allSatisfy(\.isASCIILetter) }
        for ending in endings {
            for word in words {
                guard vocabulary.count < count else { return }
                guard vocabulary[word + ending] == nil else { continue }
                vocabulary[word + ending] = vocabulary.count
                merges.append([word, ending])
            }
        }
    }
}

extension Character {
    fileprivate var isASCIILetter: Bool { isASCII && isLetter }
}
