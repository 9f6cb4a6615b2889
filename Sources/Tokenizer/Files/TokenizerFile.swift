import StrictJSON

/// What a Hugging Face `tokenizer.json` with a byte-level BPE says, as far as it is supported.
///
/// Everything that could make other tokens is refused; what cannot (a decoder, offsets of a
/// post-processor, how an unknown character would be treated when none is unknown) is let be.
struct TokenizerFile {
    struct AddedToken {
        let id: Int32
        let content: String
    }

    /// The vocabulary: `(spelling, id)` in the order of the file.
    let vocabulary: [(spelling: String, id: Int32)]

    /// Pairs of spellings, the first merge first.
    let merges: [(left: String, right: String)]
    let addedTokens: [AddedToken]

    init(_ bytes: [UInt8], name: String) throws(TokenizerError) {
        let root = try JSONObject(root: Self.parse(bytes, name: name), file: name)
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
        addedTokens = try Self.addedTokens(root)
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

    private static func checkPreTokenizer(_ object: JSONObject) throws(TokenizerError) {
        try object.require("type", "ByteLevel")
        try object.checkKeys(["type", "add_prefix_space", "trim_offsets", "use_regex"])
        try object.require("add_prefix_space", false)
        if object["use_regex"] != nil { try object.require("use_regex", true) }
    }

    private static func checkModel(_ model: JSONObject) throws(TokenizerError) {
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
        _ object: JSONObject
    ) throws(TokenizerError) -> [(spelling: String, id: Int32)] {
        var entries: [(spelling: String, id: Int32)] = []
        for member in object.members {
            entries.append((member.key, try object.id(member.value, of: member.key)))
        }
        return entries
    }

    private static func merges(
        _ model: JSONObject
    ) throws(TokenizerError) -> [(left: String, right: String)] {
        var merges: [(left: String, right: String)] = []
        for (index, value) in try model.array("merges").enumerated() {
            switch value {
            case .array(let pair):
                if case (.string(let left)?, .string(let right)?) = (pair.first, pair.last),
                    pair.count == 2
                {
                    merges.append((left, right))
                    continue
                }
            case .string(let line):
                let pair = line.split(separator: " ", omittingEmptySubsequences: false)
                if pair.count == 2 {
                    merges.append((String(pair[0]), String(pair[1])))
                    continue
                }
            default: break
            }
            throw model.unsupported("merges[\(index)]", value, "[\"a\", \"b\"] or \"a b\"")
        }
        return merges
    }

    private static func addedTokens(_ root: JSONObject) throws(TokenizerError) -> [AddedToken] {
        var tokens: [AddedToken] = []
        var normalized: Set<Bool> = []
        for (index, value) in try root.array("added_tokens").enumerated() {
            let key = "added_tokens[\(index)]"
            guard case .object(let members) = value else {
                throw root.unsupported(key, value, "an object")
            }
            let token = JSONObject(members: members, file: root.file, path: key)
            try token.checkKeys([
                "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special",
            ])
            for flag in ["single_word", "lstrip", "rstrip"] { try token.require(flag, false) }
            normalized.insert(try token.bool("normalized"))
            tokens.append(
                AddedToken(id: try token.id("id"), content: try token.string("content")))
        }
        if normalized.count > 1 {
            throw .unsupported(
                file: root.file, key: "added_tokens", found: "some normalized and some not",
                supported: "all alike, since they are searched for in one go")
        }
        return tokens
    }
}
