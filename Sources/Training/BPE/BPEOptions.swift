package import Tokenizer

/// The settings of training a byte-level BPE.
package struct BPEOptions: Sendable {
    /// The number of tokens: special tokens, the 256 bytes, and the results of merges.
    package var vocabularySize = 4096

    /// Their ids begin at 0.
    package var specialTokens = ["<|end|>"]

    /// Pairs that occur less often are not merged.
    package var minFrequency = 2

    package init() {}

    /// Divides texts into the words that are counted.
    package var preTokenizer: PreTokenizer { PreTokenizer(addedTokens: specialTokens) }

    /// Rejects settings that no tokenizer can have.
    package func validate() throws(BPEOptionsError) {
        let least = 256 + specialTokens.count
        guard (least...1 << 24).contains(vocabularySize) else {
            throw .vocabularySize(found: vocabularySize, least: least)
        }
        guard minFrequency >= 1 else { throw .minFrequency(found: minFrequency) }
        for (index, token) in specialTokens.enumerated() {
            guard Self.isDistinct(token), !specialTokens[..<index].contains(token) else {
                throw .specialToken(token)
            }
        }
    }

    /// Whether no other token has the same spelling in the file.
    private static func isDistinct(_ token: String) -> Bool {
        guard let spelt = ByteLevelAlphabet.bytes(of: token) else { return true }
        return spelt.count > 1 && spelt.elementsEqual(token.utf8)
    }
}

package enum BPEOptionsError: Error, Equatable, CustomStringConvertible {
    case vocabularySize(found: Int, least: Int)
    case minFrequency(found: Int)
    case specialToken(String)

    package var description: String {
        switch self {
        case .vocabularySize(let found, let least):
            "vocabulary size: found \(found), expected \(least) (a token for each byte and special"
                + " token) to \(1 << 24)"
        case .minFrequency(let found):
            "minimum frequency: found \(found), expected 1 or more"
        case .specialToken(let token):
            "special tokens: found \"\(token)\", expected each once, of two characters or more, and"
                + " ASCII or with a character that byte-level tokens are not spelt with"
        }
    }
}
