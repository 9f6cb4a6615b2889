import Files
import PlainText

/// Byte-level BPE as in GPT-2. It gives the same tokens as the Python package `tokenizers`.
package final class BPETokenizer: TokenizerModel {
    package let vocabulary: Vocabulary

    /// The maximum size of a tokenizer.json, in bytes. One with 256,000 tokens takes 30 MB.
    package static let fileLimit = 64 << 20

    let merges: MergeTable

    /// The token of each byte: `[256]`.
    let byteTokens: [Int32]

    /// The tokens that merging can yield: tries from the first byte and from the last byte.
    let forward: ByteTrie
    let backward: ByteTrie

    /// The added tokens, which are found in the text before it is divided into pre-tokens.
    let addedTokens: ByteTrie

    /// Reads a Hugging Face `tokenizer.json`. `name` is its name in errors.
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

    /// Whether both give the same tokens for every text.
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
