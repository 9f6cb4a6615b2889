internal import Foundation
package import Model

/// The gradient's flow and the saturation of gates in a trained model over text.
package struct TrainedFlow: Sendable {
    /// By layer.
    package let flows: [GradientFlow]
    package let saturation: [GateSaturation]
    /// Pieces of text that were averaged, and the tokens of each.
    package let pieces: Int
    package let steps: Int

    /// - Parameters:
    ///   - model: with a vocabulary head, not bidirectional.
    ///   - tokens: of the text; it is read in pieces from all over it.
    ///   - source: the text's name, for errors.
    ///   - lags: the longest.
    ///   - willRead: told the pieces and the tokens of each, before what takes long.
    /// - Throws: `TrainingError` where the model, the text or so many lags will not do; `ModelError`.
    package init(
        _ model: Model, tokens: [Int32], of source: String, lags: Int,
        willRead: (_ pieces: Int, _ tokens: Int) -> Void = { _, _ in }
    ) throws {
        let config = model.config
        guard config.heads.next, !config.bidirectional else {
            throw TrainingError.file(
                model.folder.path, found: "no next-token head, whose loss would be followed",
                expected: "a language model")
        }
        steps = lags + 1
        let some = min(Self.mostPieces, tokens.count / (steps + 1))
        guard some > 0 else {
            throw TrainingError.file(
                source, found: "a text of \(tokens.count) tokens",
                expected: "\(steps + 1) or more for lags up to \(lags)")
        }
        let most = Self.mostRows(of: config)
        guard steps <= most else {
            throw TrainingError.file(
                model.folder.path,
                found: "layers too large for the way back through \(lags) steps",
                expected: "--lags \(most - 1) or less")
        }
        pieces = min(some, most / steps)
        willRead(pieces, steps)
        let parameters = ParameterSet<Double>(config: config)
        let file = model.folder.appending(path: "model.safetensors").path
        let weights = try SafetensorsWeights(path: file, specs: config.tensors)
        for parameter in parameters.all {
            parameter.values = try weights.values(of: parameter.spec).map { Double($0) }
        }
        let pool = ThreadPool(threads: ProcessInfo.processInfo.activeProcessorCount)
        let shape = BatchShape(steps: steps, lanes: pieces)
        let network = UnrolledNetwork(
            config: config, parameters: parameters, shape: shape, pool: pool)
        network.pack()
        flows = network.gradientFlow(Self.batch(tokens, shape), pool: pool)
        saturation = network.gateSaturation(shape)
    }

    private static let mostPieces = 16
    /// Bytes that what is kept for the way back may take.
    private static let memory = 2 << 30

    /// Tokens, of all pieces together, that there is memory for.
    package static func mostRows(of config: ModelConfig) -> Int {
        // Of each unit 15 numbers in the cell, 3 in a highway, output and its gradient.
        let layers = (0..<config.layers).map {
            20 * config.hiddenSize + 2 * config.inputSize(ofLayer: $0)
        }
        let ends = 2 * (config.embeddingSize + config.hiddenSize)
        let numbers = layers.reduce(ends, +)
        return memory / (numbers * MemoryLayout<Double>.stride)
    }

    private static func batch(_ tokens: [Int32], _ shape: BatchShape) -> MiniBatch {
        var batch = MiniBatch(shape: shape)
        for lane in 0..<shape.lanes {
            let start = lane * (tokens.count / shape.lanes)
            for step in 0..<shape.steps {
                let row = shape.row(step, lane)
                batch.tokens[row] = tokens[start + step]
                batch.targets[row] = tokens[start + step + 1]
            }
        }
        return batch
    }
}
