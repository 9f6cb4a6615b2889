import Digests

/// A secret that requests carry (RFC 6750). Only its digest is kept.
package struct BearerToken: Sendable {
    private let digest: Digest

    /// Nil unless it has 16 to 1024 characters that a header can carry.
    package init?(_ text: String) {
        let isAllowed = text.utf8.allSatisfy { (33...126).contains($0) }
        guard (16...1024).contains(text.utf8.count), isAllowed else { return nil }
        digest = Digest(of: Array(text.utf8))
    }

    /// In a time that does not depend on how much of the token is right.
    func isCarried(by authorization: String?) -> Bool {
        guard let authorization else { return false }
        let parts = authorization.utf8.split(separator: 32, maxSplits: 1).map(Substring.init)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
        let found = Digest(of: Array(parts[1].trimmed.utf8))
        var difference: UInt8 = 0
        for index in 0..<Digest.byteCount {
            difference |= found.bytes[index] ^ digest.bytes[index]
        }
        return difference == 0
    }
}
