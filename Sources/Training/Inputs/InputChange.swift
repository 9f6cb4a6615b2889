/// An input that has other content than when the run was begun, at the step from which it counts.
package struct InputChange: Codable, Equatable, Sendable, CustomStringConvertible {
    package let step: Int
    package let key: String
    package let file: String
    /// Digests.
    package let was: String
    package let now: String

    package var description: String {
        "\(file) (\(key)): found other content (digest \(now.prefix(16))) than the run was begun with "
            + "(\(was.prefix(16)))"
    }
}
