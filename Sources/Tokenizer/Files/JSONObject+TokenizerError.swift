import StrictJSON

/// Objects of a tokenizer's file.
extension JSONObject<TokenizerError> {
    init(_ value: JSONValue, file: String) throws(TokenizerError) {
        try self.init(value) { error in
            .unsupported(
                file: file, key: error.path.isEmpty ? "the document" : error.path,
                found: error.found, supported: error.expected)
        }
    }

    func require(_ key: String, _ expected: String) throws(TokenizerError) {
        guard self[key]?.string == expected else { throw error(key, expected: "\"\(expected)\"") }
    }

    func require(_ key: String, _ expected: Bool) throws(TokenizerError) {
        guard try bool(key) == expected else { throw error(key, expected: "\(expected)") }
    }

    /// Refuses anything but null, an absent key, and `harmless`.
    func requireNull(_ key: String, or harmless: String? = nil) throws(TokenizerError) {
        switch self[key] {
        case nil, .null: return
        case .string(let value) where value == harmless: return
        case .some: throw error(key, expected: "null")
        }
    }

    /// Refuses anything but null and a `ByteLevel` step, which changes no token.
    func requireNullOrByteLevel(_ key: String) throws(TokenizerError) {
        switch self[key] {
        case nil, .null: return
        case .some(.object): try object(key).require("type", "ByteLevel")
        case .some: throw error(key, expected: "null or type \"ByteLevel\"")
        }
    }

    func id(_ key: String) throws(TokenizerError) -> Int32 {
        try value(key, "an id of 0 or more", Self.id)
    }

    static func id(_ value: JSONValue) -> Int32? {
        guard let id = value.integer.flatMap(Int32.init(exactly:)), id >= 0 else { return nil }
        return id
    }
}
