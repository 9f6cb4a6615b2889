package import Digests
internal import Foundation

/// An input of a run, identified by its content, not by its name.
package struct RunInput: Codable, Equatable, Sendable {
    /// Its key in the recipe: `text[0].files[1]`, `tokenizer`, `start`.
    package let key: String
    package let file: String
    /// BLAKE2b-256 in hexadecimal digits, of a text after decompression or of a file.
    package let digest: String

    package init(key: String, file: String, digest: Digest) {
        self.key = key
        self.file = file
        self.digest = digest.hex
    }

    /// Whether the recipe now names another file, which is allowed for validation.
    fileprivate func isReplaced(by other: RunInput) -> Bool {
        key.hasPrefix("validation.")
            && URL(filePath: file).lastPathComponent != URL(filePath: other.file).lastPathComponent
    }
}

extension [RunInput] {
    /// The inputs whose content has changed. Inputs that were added or removed are ignored: the
    /// comparison of recipes covers them.
    package func changes(since begun: [RunInput], at step: Int) -> [InputChange] {
        begun.compactMap { then in
            guard let now = first(where: { $0.key == then.key }), now.digest != then.digest,
                !then.isReplaced(by: now)
            else { return nil }
            return InputChange(
                step: step, key: then.key, file: now.file, was: then.digest, now: now.digest)
        }
    }
}
