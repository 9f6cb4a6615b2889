package import Digests
import Files
import Kernels
import NearestName

/// The weights of a `model.safetensors`, read one tensor at a time, so that loading needs memory
/// for the packed weights and one tensor.
///
/// The file is read, not mapped: rewriting it in place would change a mapping under a running
/// network, and the digests would no longer match the bytes in use.
package final class SafetensorsWeights: WeightSource {
    private let file: RegularFile
    private let header: SafetensorsHeader
    /// Filled as tensors are read.
    package private(set) var digests: [String: Digest] = [:]

    /// Opens the file and checks that it has exactly the tensors of `specs`.
    package init(path: String, specs: [TensorSpec]) throws(ModelError) {
        let file = try RegularFile(modelPath: path)
        header = try SafetensorsHeader.read(from: file)
        self.file = file
        try refuseForeignNetworks(specs)
        for spec in specs { _ = try entry(spec) }
        try refuseOthers(than: specs)
    }

    package func values(of spec: TensorSpec) throws(ModelError) -> [Float] {
        let offset = header.dataOffset + (try entry(spec)).offsets.lowerBound
        let values = try file.modelValues(Float(0), count: spec.count, from: offset)
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            throw ModelError(
                .notFinite, file: file.path, part: spec.name,
                found: "\(values[index]) at index \(index)", expected: "finite values")
        }
        digests[spec.name] = Digest(of: values)
        return values
    }

    private func entry(_ spec: TensorSpec) throws(ModelError) -> SafetensorsHeader.Tensor {
        guard let tensor = header.tensors.first(where: { $0.name == spec.name }) else {
            let isBias = spec.name.hasPrefix("rnn.bias_")
            throw ModelError(
                .missingTensor, file: file.path, part: spec.name, found: "no such tensor",
                expected: spec.summary
                    + (isBias ? "; of a network with bias=False, zeros\(Self.exporting)" : ""))
        }
        guard tensor.dtype == "F32" && tensor.shape == spec.shape else {
            let isOtherType = tensor.dtype != "F32" && tensor.shape == spec.shape
            throw ModelError(
                tensor.dtype == "F32" ? .wrongShape : .wrongType, file: file.path, part: spec.name,
                found: tensor.summary,
                expected: spec.summary + (isOtherType ? Self.exporting : ""))
        }
        return tensor
    }

    private static let exporting = ", as deploy/examples/export_pytorch.py writes them"

    /// Rejects tensors whose PyTorch names show an unsupported network or a wrong export. This
    /// helps more than a message about a missing tensor.
    private func refuseForeignNetworks(_ specs: [TensorSpec]) throws(ModelError) {
        let known = Set(specs.map(\.name))
        for tensor in header.tensors where !known.contains(tensor.name) {
            guard let kind = Self.foreignNetwork(tensor.name, known) else { continue }
            throw ModelError(
                .unsupported, file: file.path, part: tensor.name, found: kind.found,
                expected: kind.expected)
        }
    }

    private static func foreignNetwork(
        _ name: String, _ known: Set<String>
    ) -> (found: String, expected: String)? {
        let last = name.split(separator: ".").last.map(String.init) ?? name
        if last.hasPrefix("weight_hr_l") {
            return ("the projection of an LSTM with proj_size", "an LSTM without one")
        }
        if ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].contains(last) {
            return (
                "a tensor of a cell (nn.LSTMCell, nn.GRUCell or nn.RNNCell)",
                "those of layers, \"rnn.\(last)_l0\" and so on\(exporting)"
            )
        }
        if last.hasSuffix("_reverse"), known.contains("rnn." + last.dropLast("_reverse".count)) {
            return (
                "a tensor of a reverse direction",
                "one direction, or \"bidirectional\": true in config.json"
            )
        }
        if known.contains("rnn." + last), name != "rnn." + last {
            return ("a recurrent layer's tensor of another name", "rnn.\(last)\(exporting)")
        }
        return nil
    }

    private func refuseOthers(than specs: [TensorSpec]) throws(ModelError) {
        let known = specs.map(\.name)
        if let other = header.tensors.first(where: { !known.contains($0.name) }) {
            let nearest = nearestName(to: other.name, among: known).map { "; nearest: \($0)" }
            throw ModelError(
                .unexpectedTensor, file: file.path, part: other.name, found: other.summary,
                expected: "no such tensor in this configuration" + (nearest ?? ""))
        }
    }
}
