/// Detects duplicate keys of an object. It stores hashes instead of keys: a large file has millions.
struct KnownKeys {
    private var hashes: Set<Int> = []

    /// False if `members` have the key, byte by byte.
    mutating func insert(_ key: String, after members: [JSONValue.Member]) -> Bool {
        var hasher = Hasher()
        for byte in key.utf8 { hasher.combine(byte) }
        guard !hashes.insert(hasher.finalize()).inserted else { return true }
        return !members.contains { $0.key.utf8.elementsEqual(key.utf8) }
    }
}
