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
    ///   - lags: the longest.
    /// - Throws: `TrainingError` where the model or the text will not do; `ModelError`.
    package init(_ model: Model, tokens: [Int32], lags: Int) throws {
        let config = model.config
        guard config.heads.next, !config.bidirectional else {
            throw TrainingError.recipe(
                "\(model.folder.path): found no next-token head, whose loss would be followed; "
                    + "expected a language model")
        }
        steps = lags + 1
        pieces = min(16, tokens.count / (steps + 1))
        guard pieces > 0 else {
            throw TrainingError.recipe(
                "found a text of \(tokens.count) tokens; expected \(steps + 1) or more for lags up "
                    + "to \(lags)")
        }
        let parameters = ParameterSet<Double>(config: config)
        let file = model.folder.appending(path: "model.safetensors").path
        let weights = try SafetensorsWeights(path: file, specs: config.tensors)
        for parameter in parameters.all {
            parameter.values = try weights.values(of: parameter.spec).map { Double($0) }
        }
        let team = Team(threads: ProcessInfo.processInfo.activeProcessorCount)
        let shape = WindowShape(steps: steps, lanes: pieces)
        let network = UnrolledNetwork(
            config: config, parameters: parameters, shape: shape, team: team)
        network.pack()
        flows = network.gradientFlow(Self.window(tokens, shape), team: team)
        saturation = network.gateSaturation(shape)
    }

    private static func window(_ tokens: [Int32], _ shape: WindowShape) -> WindowPlan {
        var window = WindowPlan(shape: shape)
        for lane in 0..<shape.lanes {
            let start = lane * (tokens.count / shape.lanes)
            for step in 0..<shape.steps {
                let row = shape.row(step, lane)
                window.tokens[row] = tokens[start + step]
                window.targets[row] = tokens[start + step + 1]
            }
        }
        return window
    }
}
