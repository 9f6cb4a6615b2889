internal import NearestName

/// Why an object is not as it should be.
package struct JSONObjectError: Error, Equatable {
    package enum Kind: Equatable, Sendable {
        case unknownKey(known: [String])
        case missingKey
        case wrongValue
    }

    package let kind: Kind
    private let key: String
    /// The keys that lead to the value, joined by points; empty for the document.
    package let path: String
    /// Nil for a key that is missing.
    package let value: JSONValue?
    package let expected: String

    init(_ kind: Kind, key: String, path: String, value: JSONValue?, expected: String) {
        self.kind = kind
        self.key = key
        self.path = path
        self.value = value
        self.expected = expected
    }

    /// The value as an error message shows it.
    package var found: String { value?.summary ?? "nothing" }

    /// Of a key that is not known: the known one that is most like it.
    package var nearestKey: String? {
        guard case .unknownKey(let known) = kind else { return nil }
        return nearestName(to: key, among: known)
    }
}
