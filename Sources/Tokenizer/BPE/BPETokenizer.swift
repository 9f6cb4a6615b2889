import Foundation
import PlainText

/// Byte-level BPE after GPT-2, with the tokens of the Python package `tokenizers`.
package final class BPETokenizer: TokenizerModel {
    package let vocabulary: Vocabulary

    let merges: MergeTable

    /// The token of each byte: `[256]`.
    let byteTokens: [Int32]

    /// The tokens that merging can yield, from their first byte on and from their last.
    let forward: ByteTrie
    let backward: ByteTrie

    /// The tokens found in the text itself, before it is cut into words.
    let addedTokens: ByteTrie

    /// Reads a Hugging Face `tokenizer.json`; `name` is what errors call it.
    package init(json bytes: [UInt8], name: String) throws(TokenizerError) {
        let file = try TokenizerFile(bytes.withoutByteOrderMark, name: name)
        let builder = try BPEBuilder(file, name: name)
        vocabulary = Vocabulary(builder.tokens)
        merges = builder.merges
        byteTokens = builder.byteTokens
        addedTokens = ByteTrie(builder.addedTokens)
        let reachable = builder.reachableTokens
        forward = ByteTrie(reachable)
        backward = ByteTrie(reachable.map { (key: $0.key.reversed(), token: $0.token) })
    }

    /// Reads the file at `path`.
    package convenience init(contentsOf path: String) throws(TokenizerError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw .unreadable(file: path, reason: "\(error.localizedDescription)")
        }
        try self.init(json: Array(data), name: path)
    }

    package func makeEncoder() -> TokenEncoder { TokenEncoder(bpe: BPEEncoder(self)) }
}
