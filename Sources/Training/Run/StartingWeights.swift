internal import Foundation
package import Model

/// The weights of a model folder that a run begins with. Its heads may be others than the run's.
package struct StartingWeights {
    private let folder: URL

    package init(_ folder: String) { self.folder = URL(filePath: folder) }

    /// - Throws: `ModelError` for a folder that cannot be read, `TrainingError` where more than the
    ///   heads differs.
    package func check(fits network: ModelConfig) throws { _ = try weights(for: network) }

    /// Takes every tensor that both networks have. Heads that the folder lacks, or has in another
    /// form, stay as they are.
    ///
    /// - Throws: as `check(fits:)`.
    func fill(_ parameters: ParameterSet<Float>, of network: ModelConfig) throws {
        let (weights, found) = try weights(for: network)
        for parameter in parameters.all where found.contains(parameter.spec) {
            parameter.values = try weights.values(of: parameter.spec)
        }
    }

    /// The folder's weights, and which tensors they are.
    private func weights(
        for network: ModelConfig
    ) throws -> (SafetensorsWeights, [TensorSpec]) {
        let found = try Model.config(from: folder).tensors
        let (own, theirs) = (Self.body(network.tensors), Self.body(found))
        guard own == theirs else {
            let differing = zip(own, theirs).first { $0 != $1 }
            throw TrainingError.file(
                folder.path, found: "another network: \(Self.text(differing?.1, theirs))",
                expected: "the recipe's network, but for heads: \(Self.text(differing?.0, own))")
        }
        let file = folder.appending(path: "model.safetensors").path
        return (try SafetensorsWeights(path: file, specs: found), found)
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
