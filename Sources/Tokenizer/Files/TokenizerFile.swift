import StrictJSON

/// The supported contents of a Hugging Face `tokenizer.json` with a byte-level BPE.
///
/// Unsupported settings that could change tokens are rejected. Settings that cannot (a decoder,
/// offsets of a post-processor, the treatment of unknown characters, which do not occur) are
/// ignored.
struct TokenizerFile {
    struct AddedToken {
        let id: Int32
        let content: String
    }

    let vocabulary: [(spelling: String, id: Int32)]

    /// Pairs of spellings, in order of rank.
    let merges: [(left: String, right: String)]
    let addedTokens: [AddedToken]

    init(_ bytes: [UInt8], name: String) throws(TokenizerError) {
        let root = try JSONObject(Self.parse(bytes, name: name), file: name)
        try root.checkKeys([
            "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
            "post_processor", "decoder", "model",
        ])
        for key in ["truncation", "padding", "normalizer"] { try root.requireNull(key) }
        try Self.checkPreTokenizer(root.object("pre_tokenizer"))
        try root.requireNullOrByteLevel("post_processor")
        try root.requireNullOrByteLevel("decoder")
        let model = try root.object("model")
        try Self.checkModel(model)
        vocabulary = try Self.vocabulary(model.object("vocab"))
        merges = try Self.merges(model)
        addedTokens = try Self.addedTokens(root, file: name)
    }

    private static func parse(_ bytes: [UInt8], name: String) throws(TokenizerError) -> JSONValue {
        do {
            return try JSONParser.parse(bytes[...])
        } catch {
            let before = bytes[..<error.offset]
            let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
            throw .notJSON(
                file: name, line: before.count { $0 == 0x0A } + 1,
                column: error.offset - lineStart + 1,
                reason: "found \(error.found), expected \(error.expected)")
        }
    }

    private static func checkPreTokenizer(_ object: JSONObject<TokenizerError>)
        throws(TokenizerError)
    {
        try object.require("type", "ByteLevel")
        try object.checkKeys(["type", "add_prefix_space", "trim_offsets", "use_regex"])
        try object.require("add_prefix_space", false)
        if object["use_regex"] != nil { try object.require("use_regex", true) }
    }

    private static func checkModel(_ model: JSONObject<TokenizerError>) throws(TokenizerError) {
        try model.require("type", "BPE")
        try model.checkKeys([
            "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix",
            "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges",
        ])
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
            try model.requireNull(key, or: "")
        }
        try model.requireNull("dropout")
        for key in ["byte_fallback", "ignore_merges"] where model[key] != nil {
            try model.require(key, false)
        }
    }

    private static func vocabulary(
        _ object: JSONObject<TokenizerError>
    ) throws(TokenizerError) -> [(spelling: String, id: Int32)] {
        var entries: [(spelling: String, id: Int32)] = []
        for member in object.members {
            guard let id = JSONObject.id(member.value) else {
                throw object.error(member.key, expected: "an id of 0 or more")
            }
            entries.append((member.key, id))
        }
        return entries
    }

    private static func merges(
        _ model: JSONObject<TokenizerError>
    ) throws(TokenizerError) -> [(left: String, right: String)] {
        var merges: [(left: String, right: String)] = []
        for (index, value) in try model.array("merges").enumerated() {
            guard let merge = merge(value) else {
                throw model.error("merges[\(index)]", value, expected: "[\"a\", \"b\"] or \"a b\"")
            }
            merges.append(merge)
        }
        return merges
    }

    private static func merge(_ value: JSONValue) -> (left: String, right: String)? {
        let pair =
            value.array?.map(\.string)
            ?? value.string?.split(separator: " ", omittingEmptySubsequences: false).map(
                String.init)
        guard let pair, pair.count == 2, let left = pair[0], let right = pair[1] else {
            return nil
        }
        return (left, right)
    }

    private static func addedTokens(
        _ root: JSONObject<TokenizerError>, file name: String
    ) throws(TokenizerError) -> [AddedToken] {
        var tokens: [AddedToken] = []
        var normalized: Set<Bool> = []
        for (index, value) in try root.array("added_tokens").enumerated() {
            let token = try root.object(value, at: "added_tokens[\(index)]")
            try token.checkKeys([
                "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special",
            ])
            for flag in ["single_word", "lstrip", "rstrip"] { try token.require(flag, false) }
            normalized.insert(try token.bool("normalized"))
            tokens.append(AddedToken(id: try token.id("id"), content: try token.string("content")))
        }
        if normalized.count > 1 {
            throw .unsupported(
                file: name, key: "added_tokens", found: "some normalized and some not",
                supported: "all alike, since one search finds them")
        }
        return tokens
    }
}
