import Engine
package import Foundation
import Kernels
package import Model
import Wire

/// Collects the states after each token of a session, and writes them as tensors.
///
///     h0, c0, h1, c1, …       float32 [tokens, H]: the state after each token
///     i0, f0, g0, o0, i1, …   float32 [tokens, H]: an LSTM's gates that led to it; r0, z0, n0, …
///                             of a GRU, by PyTorch's names. n and g are tanh, the others sigmoid
///     h0.1, c0.1, i0.1, …     of the tokens that a model of other shapes read; h0.2, …
///     ids                     int32 [tokens]
///     epochs, offsets         int64 [tokens], [tokens, 2]: epoch, and its bytes
///     surprisal, sentiment    float32 [tokens]; NaN where not known
package final class TensorExport {
    package enum Format: String, CaseIterable, Sendable { case npz, safetensors }

    private let folder: URL
    private let hasGates: Bool
    /// Whose shapes the last of `states` and `gates` have.
    private var model: Model?
    /// Those of a model's layers, for each set of shapes.
    private var states: [[TensorSpool]] = []
    private var gates: [[TensorSpool]] = []
    private var gateRunner: GateRunner?
    private var models: [Fingerprint] = []
    private let ids: TensorSpool
    private let epochs: TensorSpool
    private let offsets: TensorSpool
    private let surprisal: TensorSpool
    private let sentiment: TensorSpool

    /// - Parameters:
    ///   - folder: where room is taken for as much again as the result has.
    ///   - hasGates: they take twice the room of an LSTM's states, three times that of a GRU's.
    package init(folder: URL, hasGates: Bool = true) throws {
        self.folder = folder
        self.hasGates = hasGates
        ids = try TensorSpool("ids", .int32, width: nil, folder: folder)
        epochs = try TensorSpool("epochs", .int64, width: nil, folder: folder)
        offsets = try TensorSpool("offsets", .int64, width: 2, folder: folder)
        surprisal = try TensorSpool("surprisal", .float32, width: nil, folder: folder)
        sentiment = try TensorSpool("sentiment", .float32, width: nil, folder: folder)
    }

    package var tokens: Int { ids.rows }

    /// - Parameters:
    ///   - before: h0, c0, … when the token was about to be read.
    ///   - values: the same after it.
    package func append(
        _ token: ExportedToken, before: [Float], _ values: [Float], of model: Model
    ) throws {
        if model !== self.model { try prepare(for: model) }
        let size = model.network.stateLayout.hiddenSize
        for (index, tensor) in (states.last ?? []).enumerated() {
            try tensor.append(values[index * size..<(index + 1) * size])
        }
        try appendGates(token.prediction.id, before, values, model)
        try ids.append([token.prediction.id])
        try epochs.append([Int64(token.epoch)])
        try offsets.append([Int64(token.offset.lowerBound), Int64(token.offset.upperBound)])
        try surprisal.append([token.prediction.surprisal ?? .nan])
        try sentiment.append([token.sentiment?.score ?? .nan])
    }

    private func appendGates(
        _ token: Int32, _ before: [Float], _ values: [Float], _ model: Model
    ) throws {
        guard let tensors = gates.last, !tensors.isEmpty, let gateRunner else { return }
        try gateRunner.show(before: before, after: values, of: model)
        let all = (0..<model.config.layers).flatMap { layer in
            gateRunner.gates(layer: layer, token: token)
        }
        for (tensor, gate) in zip(tensors, all) { try tensor.append(gate) }
    }

    private func prepare(for model: Model) throws {
        let layout = model.network.stateLayout
        let gateNames = hasGates ? model.config.cell.gateNames : []
        if layout != self.model?.network.stateLayout || model.config.cell != self.model?.config.cell
        {
            let suffix = states.isEmpty ? "" : ".\(states.count)"
            func tensors(_ names: [String]) throws -> [TensorSpool] {
                try names.map { name in
                    try TensorSpool(
                        name + suffix, .float32, width: layout.hiddenSize, folder: folder)
                }
            }
            states.append(try tensors(layout.names))
            gates.append(
                try tensors(
                    (0..<layout.layers).flatMap { layer in gateNames.map { "\($0)\(layer)" } }))
        }
        if !gateNames.isEmpty, gateRunner == nil {
            gateRunner = try GateRunner(model, kernels: Kernels(tier: .best))
        }
        self.model = model
        if models.last != model.fingerprint { models.append(model.fingerprint) }
    }

    /// Writes all that was appended.
    package func write(_ format: Format, to handle: FileHandle) throws {
        let vectors = zip(states, gates).flatMap { $0 + $1 }
        let tensors = vectors + [ids, epochs, offsets, surprisal, sentiment]
        switch format {
        case .npz: try NPZWriter.write(tensors, to: handle)
        case .safetensors:
            try SafetensorsWriter.write(
                tensors, to: handle, model: models.map(\.hex).joined(separator: ","))
        }
    }
}
