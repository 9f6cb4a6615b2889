/// Checks that the parts of a tokenizer file are consistent, and converts them to their final form.
struct BPEBuilder {
    /// The bytes of each token, by id.
    private(set) var tokens: [[UInt8]] = []
    private(set) var merges: MergeTable
    private(set) var byteTokens: [Int32] = []
    private(set) var addedTokens: [(key: [UInt8], token: Int32)] = []

    private let name: String

    /// The ids of the model's tokens by spelling. Spellings are compared byte by byte.
    private var ids: [[UInt8]: Int32] = [:]

    init(_ file: TokenizerFile, name: String) throws(TokenizerError) {
        self.name = name
        merges = MergeTable(capacity: file.merges.count)
        try addVocabulary(file)
        try addMerges(file)
        try addBytes()
        try checkAddedSpellings(file)
    }

    /// The tokens that are the encoding of their own bytes. No other token is ever emitted.
    var reachableTokens: [(key: [UInt8], token: Int32)] {
        var merging = Merging(merges, byteTokens: byteTokens)
        return ids.values.compactMap { id in
            merging.encode(tokens[Int(id)]) == [id] ? (tokens[Int(id)], id) : nil
        }
    }

    private func inconsistent(_ key: String, _ reason: String) -> TokenizerError {
        .inconsistent(file: name, key: key, reason: reason)
    }

    /// Every id of `0..<count` once: the model's tokens, then added tokens that are not in the
    /// model.
    private mutating func addVocabulary(_ file: TokenizerFile) throws(TokenizerError) {
        for (spelling, id) in file.vocabulary { ids[Array(spelling.utf8)] = id }
        let spellings = try spellingsByID(file)
        let contents = try addedContents(file, modelCount: Int32(spellings.count))
        for (id, spelling) in spellings.enumerated() {
            tokens.append(try bytes(of: spelling, content: contents[Int32(id)]))
        }
        for (content, id) in addedTokens where id >= spellings.count {
            tokens.append(content)
        }
    }

    private func spellingsByID(_ file: TokenizerFile) throws(TokenizerError) -> [String] {
        var spellings: [Int32: String] = [:]
        for (spelling, id) in file.vocabulary {
            if let other = spellings.updateValue(spelling, forKey: id) {
                throw inconsistent("model.vocab", "\"\(other)\" and \"\(spelling)\" are both \(id)")
            }
        }
        var sorted: [String] = []
        for id in 0..<Int32(file.vocabulary.count) {
            guard let spelling = spellings[id] else {
                throw inconsistent("model.vocab", "no token has the id \(id)")
            }
            sorted.append(spelling)
        }
        return sorted
    }

    /// The contents of the added tokens, by id; also fills `addedTokens`.
    private mutating func addedContents(
        _ file: TokenizerFile, modelCount: Int32
    ) throws(TokenizerError) -> [Int32: [UInt8]] {
        var contents: [Int32: [UInt8]] = [:]
        var known: Set<[UInt8]> = []
        var nextID = modelCount
        for (index, token) in file.addedTokens.enumerated() {
            let key = "added_tokens[\(index)]"
            let content = Array(token.content.utf8)
            guard !content.isEmpty else { throw inconsistent(key, "its content is empty") }
            guard known.insert(content).inserted else {
                throw inconsistent(key, "\"\(token.content)\" is there twice")
            }
            let expected = ids[content] ?? nextID
            guard token.id == expected else {
                throw inconsistent(
                    key, "\"\(token.content)\" has the id \(token.id), which must be \(expected)")
            }
            if expected == nextID { nextID += 1 }
            contents[token.id] = content
            addedTokens.append((content, token.id))
        }
        return contents
    }

    private func bytes(of spelling: String, content: [UInt8]?) throws(TokenizerError) -> [UInt8] {
        if let content { return content }
        guard let bytes = ByteLevelAlphabet.bytes(of: spelling), !bytes.isEmpty else {
            throw inconsistent(
                "model.vocab", "\"\(spelling)\" is not spelt in the byte-level alphabet")
        }
        return bytes
    }

    private mutating func addMerges(_ file: TokenizerFile) throws(TokenizerError) {
        for (rank, (left, right)) in file.merges.enumerated() {
            let key = "model.merges[\(rank)]"
            let leftID = try id(left, key)
            let rightID = try id(right, key)
            let merge = MergeTable.Merge(rank: Int32(rank), result: try id(left + right, key))
            guard merges.insert(leftID, rightID, merge) else {
                throw inconsistent(key, "\"\(left)\" and \"\(right)\" are merged before")
            }
        }
    }

    private func id(_ spelling: String, _ key: String) throws(TokenizerError) -> Int32 {
        guard let id = ids[Array(spelling.utf8)] else {
            throw inconsistent(key, "\"\(spelling)\" is not in the vocabulary")
        }
        return id
    }

    private mutating func addBytes() throws(TokenizerError) {
        for (byte, scalar) in ByteLevelAlphabet.scalars.enumerated() {
            guard let id = ids[Array(String(scalar).utf8)] else {
                throw inconsistent(
                    "model.vocab", "no token for the byte \(byte), spelt \"\(scalar)\"")
            }
            byteTokens.append(id)
        }
    }

    /// An added token that merging can also yield must have the same bytes in both cases.
    private func checkAddedSpellings(_ file: TokenizerFile) throws(TokenizerError) {
        var merging = Merging(merges, byteTokens: byteTokens)
        for (index, token) in file.addedTokens.enumerated() where token.id < ids.count {
            guard let bytes = ByteLevelAlphabet.bytes(of: token.content) else { continue }
            if merging.encode(bytes) == [token.id], bytes != Array(token.content.utf8) {
                throw inconsistent(
                    "added_tokens[\(index)]", "\"\(token.content)\" also spells other bytes")
            }
        }
    }
}
