internal import Digests
internal import Files
package import Foundation
package import Model
internal import Tokenizer

/// The initial weights of a run, from a model folder. Its heads may differ from those of the run.
package struct StartingWeights {
    private let folder: URL

    /// The key in the recipe and among the inputs.
    static let key = "start"
    private static let files = ["config.json", "model.safetensors", "tokenizer.json"]

    package init(_ folder: String) { self.folder = URL(filePath: folder) }

    /// - Throws: `ModelError` for a folder that cannot be read, `TrainingError` if more than the
    ///   heads differs.
    package func check(fits network: ModelConfig) throws { _ = try weights(for: network) }

    /// The folder's tokenizer, if it differs from the run's; nil if both give the same tokens.
    ///
    /// - Parameter own: the bytes of the run's tokenizer.json; nil for a byte tokenizer.
    /// - Throws: as `check(fits:)`, or `TokenizerError`.
    package func otherTokenizer(than own: Data?) throws -> InputChange? {
        let config = try Model.config(from: folder)
        let path = folder.appending(path: "tokenizer.json").path
        let theirs = config.tokenizer == .bpe ? try BPETokenizer.bytes(of: path) : nil
        guard theirs != own.map({ Array($0) }) else { return nil }
        if let theirs, let own {
            let (one, other) = (
                try BPETokenizer(json: theirs, name: path),
                try BPETokenizer(json: Array(own), name: "the recipe's tokenizer")
            )
            guard !one.makesTheTokens(of: other) else { return nil }
        }
        func digest(_ bytes: [UInt8]?) -> String { Digest(of: bytes ?? []).hex }
        return InputChange(
            step: 0, key: "start.tokenizer", file: theirs == nil ? folder.path : path,
            was: digest(theirs), now: digest(own.map { Array($0) }))
    }

    /// The folder as an input of the run, with a digest over its files.
    func input() throws -> RunInput {
        let hasher = Digest.Hasher()
        for name in Self.files {
            let file = folder.appending(path: name).path
            if name == "tokenizer.json", !FileManager.default.fileExists(atPath: file) { continue }
            hasher.combine(name)
            try Self.combine(file, into: hasher)
        }
        return RunInput(key: Self.key, file: folder.path, digest: hasher.finish())
    }

    private static func combine(_ path: String, into hasher: borrowing Digest.Hasher) throws {
        let file = try RegularFile(path: path)
        let piece = 1 << 20
        for start in stride(from: 0, to: file.size, by: piece) {
            hasher.combine(
                try file.values(UInt8(0), count: min(piece, file.size - start), from: start))
        }
    }

    /// Copies every tensor that both networks have. Heads that the folder lacks, or has in another
    /// form, keep their values.
    ///
    /// - Throws: as `check(fits:)`.
    func fill(_ parameters: ParameterSet<Float>, of network: ModelConfig) throws {
        let (weights, found) = try weights(for: network)
        for parameter in parameters.all where found.contains(parameter.spec) {
            parameter.values = try weights.values(of: parameter.spec)
        }
    }

    /// The folder's weights and their tensors.
    private func weights(for network: ModelConfig) throws -> (SafetensorsWeights, [TensorSpec]) {
        let config = try Model.config(from: folder)
        try checkKind(config, fits: network)
        let found = config.tensors
        let (own, theirs) = (Self.body(network.tensors), Self.body(found))
        guard own == theirs else {
            let differing = zip(own, theirs).first { $0 != $1 }
            throw TrainingError.file(
                folder.path, found: "another network: \(Self.text(differing?.1, theirs))",
                expected: "the recipe's network, except for heads: \(Self.text(differing?.0, own))")
        }
        let file = folder.appending(path: "model.safetensors").path
        return (try SafetensorsWeights(path: file, specs: found), found)
    }

    /// Checks the settings that change the meaning of weights, but not always their shapes.
    private func checkKind(_ found: ModelConfig, fits network: ModelConfig) throws(TrainingError) {
        func settings(_ config: ModelConfig) -> [(String, String)] {
            [
                ("cell", config.cell.rawValue), ("activation", config.activation.rawValue),
                ("reset_gate", config.resetGate.rawValue), ("skip", config.skip.rawValue),
                ("bidirectional", "\(config.bidirectional)"),
                ("tokenizer", config.tokenizer.rawValue),
            ]
        }
        for ((key, theirs), (_, own)) in zip(settings(found), settings(network))
        where theirs != own {
            throw .file(
                folder.path, found: "another network: \(key) \(theirs)",
                expected: "the recipe's network, except for heads: \(key) \(own)")
        }
    }

    private static func body(_ tensors: [TensorSpec]) -> [TensorSpec] {
        tensors.filter {
            !$0.name.hasPrefix("sentiment.") && !$0.name.hasPrefix("decoder.")
        }
    }

    private static func text(_ spec: TensorSpec?, _ all: [TensorSpec]) -> String {
        spec.map { "\($0.name) of shape \($0.shape)" } ?? "\(all.count) tensors below the heads"
    }
}
