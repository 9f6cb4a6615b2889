import StrictJSON

/// An object of a tokenizer file, which knows where it stands there.
struct JSONObject {
    let members: [JSONValue.Member]
    let file: String

    /// The keys that lead to it, "" for the whole document.
    let path: String

    init(members: [JSONValue.Member], file: String, path: String) {
        self.members = members
        self.file = file
        self.path = path
    }

    init(root: JSONValue, file: String) throws(TokenizerError) {
        guard case .object(let members) = root else {
            throw .unsupported(
                file: file, key: "the document", found: root.summary, supported: "an object")
        }
        self.init(members: members, file: file, path: "")
    }

    subscript(key: String) -> JSONValue? { members.first { $0.key == key }?.value }

    func unsupported(_ key: String, _ found: JSONValue?, _ supported: String) -> TokenizerError {
        .unsupported(
            file: file, key: fullPath(key), found: found?.summary ?? "nothing",
            supported: supported)
    }

    func checkKeys(_ known: [String]) throws(TokenizerError) {
        for member in members where !known.contains(member.key) {
            throw unsupported(member.key, member.value, "one of \(known.joined(separator: ", "))")
        }
    }

    func require(_ key: String, _ expected: String) throws(TokenizerError) {
        if case .string(expected) = self[key] { return }
        throw unsupported(key, self[key], "\"\(expected)\"")
    }

    func require(_ key: String, _ expected: Bool) throws(TokenizerError) {
        guard try bool(key) == expected else { throw unsupported(key, self[key], "\(expected)") }
    }

    /// Refuses anything but null, an absent key, and `harmless`.
    func requireNull(_ key: String, or harmless: String? = nil) throws(TokenizerError) {
        switch self[key] {
        case nil, .null: return
        case .string(let value) where value == harmless: return
        case .some(let value): throw unsupported(key, value, "null")
        }
    }

    /// Refuses anything but null and a `ByteLevel` step, which changes no token.
    func requireNullOrByteLevel(_ key: String) throws(TokenizerError) {
        switch self[key] {
        case nil, .null: return
        case .some(.object(let members)):
            let step = JSONObject(members: members, file: file, path: fullPath(key))
            try step.require("type", "ByteLevel")
        case .some(let value): throw unsupported(key, value, "null or type \"ByteLevel\"")
        }
    }

    func object(_ key: String) throws(TokenizerError) -> JSONObject {
        guard case .object(let members)? = self[key] else {
            throw unsupported(key, self[key], "an object")
        }
        return JSONObject(members: members, file: file, path: fullPath(key))
    }

    func array(_ key: String) throws(TokenizerError) -> [JSONValue] {
        guard case .array(let values)? = self[key] else {
            throw unsupported(key, self[key], "an array")
        }
        return values
    }

    func bool(_ key: String) throws(TokenizerError) -> Bool {
        guard case .bool(let value)? = self[key] else {
            throw unsupported(key, self[key], "true or false")
        }
        return value
    }

    func string(_ key: String) throws(TokenizerError) -> String {
        guard case .string(let value)? = self[key] else {
            throw unsupported(key, self[key], "a string")
        }
        return value
    }

    func id(_ key: String) throws(TokenizerError) -> Int32 {
        try id(self[key], of: key)
    }

    func id(_ value: JSONValue?, of key: String) throws(TokenizerError) -> Int32 {
        guard let id = value?.integer.flatMap(Int32.init(exactly:)), id >= 0 else {
            throw unsupported(key, value, "an id of 0 or more")
        }
        return id
    }

    private func fullPath(_ key: String) -> String {
        path.isEmpty ? key : "\(path).\(key)"
    }
}
