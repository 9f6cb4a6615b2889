package import Foundation
package import Model
import Wire

/// Collects the states after each token of a life, and writes them as tensors.
///
///     h0, c0, h1, c1, …       float32 [tokens, H]: the state after each token
///     ids                     int32 [tokens]
///     epochs, offsets         int64 [tokens], [tokens, 2]: epoch, and its bytes
///     surprisal, sentiment    float32 [tokens]; NaN where not known
package final class TensorExport {
    package enum Format: String, CaseIterable, Sendable { case npz, safetensors }

    private let folder: URL
    private var model: Model?
    private var states: [TensorSpool] = []
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
    /// - Throws: `ExportError` where the states have other shapes than before.
    package func append(_ token: ExportedToken, _ values: [Float], of model: Model) throws {
        try prepare(for: model, token)
        let size = model.network.stateLayout.hiddenSize
        for (index, tensor) in states.enumerated() {
            try tensor.append(values[index * size..<(index + 1) * size])
        }
        try ids.append([token.prediction.id])
        try epochs.append([Int64(token.epoch)])
        try offsets.append([Int64(token.offset.lowerBound), Int64(token.offset.upperBound)])
        try surprisal.append([token.prediction.surprisal ?? .nan])
        try sentiment.append([token.sentiment?.score ?? .nan])
    }

    private func prepare(for model: Model, _ token: ExportedToken) throws {
        guard let known = self.model else {
            self.model = model
            let layout = model.network.stateLayout
            states = try layout.names.map {
                try TensorSpool($0, .float32, width: layout.hiddenSize, folder: folder)
            }
            return
        }
        guard known.network.stateLayout == model.network.stateLayout else {
            throw ExportError(
                "the model changes before token \(token.index), and the states have other shapes "
                    + "then; export the parts on their own, with --to \(token.index) and --from "
                    + "\(token.index)")
        }
    }

    /// Writes all that was appended.
    package func write(_ format: Format, to handle: FileHandle) throws {
        let tensors = states + [ids, epochs, offsets, surprisal, sentiment]
        switch format {
        case .npz: try NPZWriter.write(tensors, to: handle)
        case .safetensors:
            try SafetensorsWriter.write(
                tensors, to: handle, model: model?.fingerprint.hex ?? "")
        }
    }
}

/// Why a session cannot be exported as asked.
package struct ExportError: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
