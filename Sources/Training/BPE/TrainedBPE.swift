import StrictJSON
import Tokenizer

/// A trained byte-level BPE.
package struct TrainedBPE: Sendable {
    /// The tokens with the first ids.
    package let specialTokens: [String]

    /// The bytes of each token, by id.
    package let tokens: [[UInt8]]

    /// In the order of training.
    package let merges: [MergePair]
}

extension TrainedBPE {
    /// A `tokenizer.json`, byte for byte as the package `tokenizers` writes it.
    package var json: String {
        """
        {
          "version": "1.0",
          "truncation": null,
          "padding": null,
          "added_tokens": \(Self.block("[", addedTokens, "]", indent: 2)),
          "normalizer": null,
          "pre_tokenizer": {
            "type": "ByteLevel",
            "add_prefix_space": false,
            "trim_offsets": true,
            "use_regex": true
          },
          "post_processor": null,
          "decoder": {
            "type": "ByteLevel",
            "add_prefix_space": true,
            "trim_offsets": true,
            "use_regex": true
          },
          "model": {
            "type": "BPE",
            "dropout": null,
            "unk_token": null,
            "continuing_subword_prefix": null,
            "end_of_word_suffix": null,
            "fuse_unk": false,
            "byte_fallback": false,
            "ignore_merges": false,
            "vocab": \(Self.block("{", vocabularyEntries, "}", indent: 4)),
            "merges": \(Self.block("[", mergeEntries, "]", indent: 4))
          }
        }
        """
    }

    private var addedTokens: [String] {
        specialTokens.enumerated().map { id, content in
            let members = [
                "\"id\": \(id)", "\"content\": \(content.jsonLiteral)", "\"single_word\": false",
                "\"lstrip\": false", "\"rstrip\": false", "\"normalized\": false",
                "\"special\": true",
            ]
            return Self.block("{", members, "}", indent: 4)
        }
    }

    private var vocabularyEntries: [String] {
        tokens.indices.map { "\(spelling(of: $0)): \($0)" }
    }

    private var mergeEntries: [String] {
        merges.map {
            Self.block(
                "[", [spelling(of: Int($0.left)), spelling(of: Int($0.right))], "]", indent: 6)
        }
    }

    private func spelling(of id: Int) -> String {
        guard id >= specialTokens.count else { return specialTokens[id].jsonLiteral }
        var text = ""
        for byte in tokens[id] { text.unicodeScalars.append(ByteLevelAlphabet.scalars[Int(byte)]) }
        return text.jsonLiteral
    }

    /// Items on separate lines, indented by two columns more than the brackets.
    private static func block(
        _ open: String, _ items: [String], _ close: String, indent: Int
    ) -> String {
        guard !items.isEmpty else { return open + close }
        let margin = "\n" + String(repeating: " ", count: indent)
        return open + items.map { margin + "  " + $0 }.joined(separator: ",") + margin + close
    }
}
