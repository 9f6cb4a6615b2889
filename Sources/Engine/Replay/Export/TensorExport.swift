package import Foundation
package import Model
import Wire

/// Collects the states after each token of a life, and writes them as tensors.
///
///     h0, c0, h1, c1, …       float32 [tokens, H]: the state after each token
///     h0.1, c0.1, …           of the tokens from where a model of other shapes went on; h0.2, …
///     ids                     int32 [tokens]
///     epochs, offsets         int64 [tokens], [tokens, 2]: epoch, and its bytes
///     surprisal, sentiment    float32 [tokens]; NaN where not known
package final class TensorExport {
    package enum Format: String, CaseIterable, Sendable { case npz, safetensors }

    private let folder: URL
    /// Whose shapes the last of `states` have.
    private var model: Model?
    /// Those of a model's layers, for each set of shapes.
    private var states: [[TensorSpool]] = []
    private var models: [Fingerprint] = []
    private let ids: TensorSpool
    private let epochs: TensorSpool
    private let offsets: TensorSpool
    private let surprisal: TensorSpool
    private let sentiment: TensorSpool

    /// - Parameter folder: where room is taken for as much again as the result has.
    package init(folder: URL) throws {
        self.folder = folder
        ids = try TensorSpool("ids", .int32, width: nil, folder: folder)
        epochs = try TensorSpool("epochs", .int64, width: nil, folder: folder)
        offsets = try TensorSpool("offsets", .int64, width: 2, folder: folder)
        surprisal = try TensorSpool("surprisal", .float32, width: nil, folder: folder)
        sentiment = try TensorSpool("sentiment", .float32, width: nil, folder: folder)
    }

    package var tokens: Int { ids.rows }

    /// - Parameter values: h0, c0, … after the token.
    package func append(_ token: ExportedToken, _ values: [Float], of model: Model) throws {
        if model !== self.model { try prepare(for: model) }
        let size = model.network.stateLayout.hiddenSize
        for (index, tensor) in (states.last ?? []).enumerated() {
            try tensor.append(values[index * size..<(index + 1) * size])
        }
        try ids.append([token.prediction.id])
        try epochs.append([Int64(token.epoch)])
        try offsets.append([Int64(token.offset.lowerBound), Int64(token.offset.upperBound)])
        try surprisal.append([token.prediction.surprisal ?? .nan])
        try sentiment.append([token.sentiment?.score ?? .nan])
    }

    private func prepare(for model: Model) throws {
        let layout = model.network.stateLayout
        if layout != self.model?.network.stateLayout {
            let suffix = states.isEmpty ? "" : ".\(states.count)"
            states.append(
                try layout.names.map {
                    try TensorSpool(
                        $0 + suffix, .float32, width: layout.hiddenSize, folder: folder)
                })
        }
        self.model = model
        if models.last != model.fingerprint { models.append(model.fingerprint) }
    }

    /// Writes all that was appended.
    package func write(_ format: Format, to handle: FileHandle) throws {
        let tensors = states.flatMap(\.self) + [ids, epochs, offsets, surprisal, sentiment]
        switch format {
        case .npz: try NPZWriter.write(tensors, to: handle)
        case .safetensors:
            try SafetensorsWriter.write(
                tensors, to: handle, model: models.map(\.hex).joined(separator: ","))
        }
    }
}

/// Why a session cannot be exported as asked.
package struct ExportError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
