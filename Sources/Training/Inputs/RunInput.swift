package import Digests
internal import Foundation

/// Something that a run reads, told from another by its content and not by its name.
package struct RunInput: Codable, Equatable, Sendable {
    /// Its place in the recipe: `text[0].files[1]`, `tokenizer`, `start`.
    package let key: String
    package let file: String
    /// BLAKE2b-256 in hexadecimal digits: of a text after decompression, or of a file.
    package let digest: String

    package init(key: String, file: String, digest: Digest) {
        self.key = key
        self.file = file
        self.digest = digest.hex
    }

    /// Whether it is another file by the recipe, as those of validation may be.
    fileprivate func isReplaced(by other: RunInput) -> Bool {
        key.hasPrefix("validation.")
            && URL(filePath: file).lastPathComponent != URL(filePath: other.file).lastPathComponent
    }
}

extension [RunInput] {
    /// Those that are not what they were. What the recipe names no more, or newly, is left aside: it
    /// says itself what of that may change.
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
