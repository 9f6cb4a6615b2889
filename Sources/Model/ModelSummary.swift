/// The summary of a network or a model that `inspect` prints.
package struct ModelSummary: Sendable, Equatable {
    /// One part of the network: the embedding, a layer, a head.
    package struct Part: Encodable, Sendable, Equatable {
        package let name: String
        package let parameters: Int
        package let tensors: [TensorSpec]

        fileprivate init(name: String, tensors: [TensorSpec]) {
            self.name = name
            self.tensors = tensors
            parameters = tensors.reduce(0) { $0 + $1.count }
        }
    }

    package let config: ModelConfig
    package let parts: [Part]
    /// `h0 [256]`, `c0 [256]`, …: one stream's state.
    package let stateVectors: [TensorSpec]
    /// Bytes of memory for one stream's state, including padding.
    package let stateBytes: Int
    /// The size of the table of layer 0's input products, in bytes, whether or not it is used.
    package let inputTableBytes: Int

    package var parameters: Int { parts.reduce(0) { $0 + $1.parameters } }
    /// Bytes of the weights in the file.
    package var weightBytes: Int { parameters * MemoryLayout<Float>.stride }

    package init(_ network: Network) {
        config = network.config
        parts = Self.parts(of: network.config)
        let layout = network.stateLayout
        stateVectors = layout.names.map { TensorSpec($0, [layout.hiddenSize]) }
        stateBytes = layout.bytesPerStream
        inputTableBytes = Network.inputTableBytes(of: network.config)
    }

    /// The tensors by part: `embedding`, `rnn layer 0`, …, `decoder`, `sentiment`.
    private static func parts(of config: ModelConfig) -> [Part] {
        var parts: [Part] = []
        for tensor in config.tensors {
            let name = partName(of: tensor)
            let earlier = parts.last?.name == name ? parts.removeLast().tensors : []
            parts.append(Part(name: name, tensors: earlier + [tensor]))
        }
        return parts
    }

    private static func partName(of tensor: TensorSpec) -> String {
        let prefix = tensor.name.prefix { $0 != "." }
        guard ["rnn", "highway"].contains(prefix),
            let layer = tensor.name.firstMatch(of: /_l([0-9]+)/)?.output.1
        else { return String(prefix) }
        return "rnn layer \(layer)"
    }
}
