/// An input whose content has changed since the run began, and the step from which the new content
/// is used.
package struct InputChange: Codable, Equatable, Sendable, CustomStringConvertible {
    package let step: Int
    package let key: String
    package let file: String
    /// Digests.
    package let was: String
    package let now: String

    package var description: String {
        "\(file) (\(key)): found other content (digest \(now.prefix(16))) than when the run began "
            + "(\(was.prefix(16)))"
    }
}
