package import Model

/// No folder has the model that read a stream.
package struct MissingModelError: Error, Equatable, CustomStringConvertible {
    package struct Folder: Equatable, Sendable {
        package let path: String
        package let found: String
    }

    package let fingerprint: Fingerprint
    /// The folder that it was last loaded from; nil where that is not known.
    package let recorded: String?
    /// The folders that were searched.
    package let folders: [Folder]

    package var description: String {
        let last = recorded.map { "it was last in \($0)" } ?? "its last folder is not known"
        let found = folders.map { "\($0.path) \($0.found)" }.joined(separator: "; ")
        return "the model \(fingerprint.short) was not found: \(last)"
            + (found.isEmpty ? "" : "; \(found)") + "; name its folder with --model"
    }
}
