import Files
import PlainText

/// Byte-level BPE after GPT-2, with the tokens of the Python package `tokenizers`.
package final class BPETokenizer: TokenizerModel {
    package let vocabulary: Vocabulary

    /// Most bytes of a tokenizer.json. One of 256,000 tokens takes 30 MB.
    package static let fileLimit = 64 << 20

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

    /// Whether every text has the same tokens by both, whatever their files look like.
    package func makesTheTokens(of other: BPETokenizer) -> Bool {
        vocabulary == other.vocabulary && merges == other.merges
            && byteTokens == other.byteTokens && addedTokens == other.addedTokens
    }

    /// Reads the file at `path`.
    package convenience init(contentsOf path: String) throws(TokenizerError) {
        let bytes = try Self.bytes(of: path)
        try self.init(json: bytes, name: path)
    }

    /// The bytes of a tokenizer.json.
    package static func bytes(of path: String) throws(TokenizerError) -> [UInt8] {
        do {
            return try RegularFile.contents(of: path, limit: fileLimit)
        } catch {
            throw .unreadable(file: path, reason: error.reason)
        }
    }

    package func makeEncoder() -> TokenEncoder { TokenEncoder(bpe: BPEEncoder(self)) }
}
