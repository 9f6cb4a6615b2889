/// A snapshot that cannot be used: what was found, and what was expected.
package struct SnapshotError: Error, Equatable, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = "the snapshot " + description }
}
