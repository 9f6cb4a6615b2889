internal import Foundation
package import Model

/// The gradient flow and the gate saturation of a trained model on a text.
package struct TrainedFlow: Sendable {
    /// By layer.
    package let flows: [GradientFlow]
    package let saturation: [GateSaturation]
    /// The number of pieces of text that are averaged, and the tokens of each.
    package let pieces: Int
    package let steps: Int

    /// - Parameters:
    ///   - model: must have a vocabulary head and one direction.
    ///   - tokens: the tokens of the text. Pieces are taken evenly from all of it.
    ///   - source: the name of the text in errors.
    ///   - lags: the longest lag.
    ///   - willRead: receives the number of pieces and the tokens of each before the long
    ///     computation.
    /// - Throws: `TrainingError` if the model or the text is unsuitable or `lags` is too large;
    ///   `ModelError`.
    package init(
        _ model: Model, tokens: [Int32], of source: String, lags: Int,
        willRead: (_ pieces: Int, _ tokens: Int) -> Void = { _, _ in }
    ) throws {
        steps = lags + 1
        pieces = try Self.pieces(of: tokens.count, steps: steps, source: source, model)
        willRead(pieces, steps)
        let config = model.config
        let parameters = try Self.parameters(of: model)
        let pool = ThreadPool(threads: ProcessInfo.processInfo.activeProcessorCount)
        let shape = BatchShape(steps: steps, lanes: pieces)
        let network = UnrolledNetwork(
            config: config, parameters: parameters, shape: shape, pool: pool)
        network.pack()
        flows = network.gradientFlow(Self.batch(tokens, shape), pool: pool)
        saturation = network.gateSaturation(shape)
    }

    /// The number of pieces, after the checks that `init` documents.
    private static func pieces(
        of count: Int, steps: Int, source: String, _ model: Model
    ) throws(TrainingError) -> Int {
        let config = model.config
        guard config.heads.next, !config.bidirectional else {
            throw TrainingError.file(
                model.folder.path, found: "no next-token head", expected: "a language model")
        }
        let some = min(mostPieces, count / (steps + 1))
        guard some > 0 else {
            throw TrainingError.file(
                source, found: "a text of \(count) tokens",
                expected: "\(steps + 1) or more for lags up to \(steps - 1)")
        }
        let most = mostRows(of: config)
        guard steps <= most else {
            throw TrainingError.file(
                model.folder.path,
                found: "layers too large for back-propagation through \(steps - 1) steps",
                expected: "--lags \(most - 1) or less")
        }
        return min(some, most / steps)
    }

    /// The weights of a model in double precision.
    private static func parameters(of model: Model) throws(ModelError) -> ParameterSet<Double> {
        let parameters = ParameterSet<Double>(config: model.config)
        let file = model.folder.appending(path: "model.safetensors").path
        let weights = try SafetensorsWeights(path: file, specs: model.config.tensors)
        for parameter in parameters.all {
            parameter.values = try weights.values(of: parameter.spec).map { Double($0) }
        }
        return parameters
    }

    private static let mostPieces = 16
    /// The maximum memory of what is kept for the backward pass, in bytes.
    private static let memory = 2 << 30

    /// The number of tokens, over all pieces, that fit into that memory.
    package static func mostRows(of config: ModelConfig) -> Int {
        // For each unit: 15 numbers in the cell, 3 in a highway, the output and its gradient.
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
