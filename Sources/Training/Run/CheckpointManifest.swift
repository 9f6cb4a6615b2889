internal import Digests
internal import Files
internal import Foundation

/// The manifest of a checkpoint, `manifest.json`: the run that it belongs to, and digests of its
/// other files.
///
///     {"digest": D, "manifest": {"version": 1, "recipe": D, "inputs": [{"key", "file", "digest"}],
///      "state": D, "matrices": D}}
///
/// D is a BLAKE2b-256 in 64 hexadecimal digits. `digest` is the digest of `manifest`, written with
/// sorted keys and without spaces. `state` is the digest of the bytes of state.json.
struct CheckpointManifest: Codable, Equatable {
    static let fileName = "manifest.json"
    private static let version = 1

    private var version = Self.version
    /// The digest of the recipe's settings that must not change.
    let recipe: String
    let inputs: [RunInput]
    let state: String
    /// The digest over every matrix's name, shape and numbers.
    let matrices: String

    init(recipe: Digest, inputs: [RunInput], state: Digest, matrices: Digest) {
        self.recipe = recipe.hex
        self.inputs = inputs
        self.state = state.hex
        self.matrices = matrices.hex
    }

    private struct Sealed: Codable {
        let digest: String
        let manifest: CheckpointManifest
    }

    private func digest() throws -> Digest { Digest(of: Array(try Self.encoder.encode(self))) }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// The contents of the file.
    func sealed() throws -> Data {
        try Self.encoder.encode(Sealed(digest: try digest().hex, manifest: self))
    }

    /// Reads the manifest of a checkpoint's folder; nil if there is none.
    ///
    /// - Throws: `TrainingError` for a damaged manifest.
    static func read(from checkpoint: URL) throws -> CheckpointManifest? {
        let file = checkpoint.appending(path: fileName).path
        let bytes: [UInt8]
        do {
            bytes = try RegularFile.contents(of: file, limit: CheckpointFolder.textLimit)
        } catch {
            guard error.code != .missing else { return nil }
            throw TrainingError.damaged(file, found: error.found)
        }
        guard let sealed = try? JSONDecoder().decode(Sealed.self, from: Data(bytes)) else {
            throw TrainingError.damaged(file, found: "no manifest of a checkpoint")
        }
        guard sealed.manifest.version == version else {
            throw TrainingError.damaged(
                file, found: "a manifest of version \(sealed.manifest.version)",
                expected: "version \(version)")
        }
        guard try sealed.manifest.digest().hex == sealed.digest else {
            throw TrainingError.damaged(file, found: "content that does not match its own digest")
        }
        return sealed.manifest
    }
}
