internal import Kernels
internal import Model

/// How the gradient of the loss at step t vanishes or explodes back in time: its norm with respect
/// to the state after step t - k, by the lag k.
///
/// Source: Bengio, Simard and Frasconi 1994; Pascanu, Mikolov and Bengio 2013, section 2.1.
package struct GradientFlow: Sendable, Equatable {
    /// Means over lanes of √(|∂L/∂h|² + |∂L/∂c|²) by lag, from lag 0. L is the loss of the lane.
    /// Only an LSTM has c.
    package let norms: [Double]
    /// The norm of the gradient of the lanes' mean loss with respect to all parameters.
    package let parameterNorm: Double

    /// The norm of a lag, divided by the norm of lag 0.
    package func relative(_ lag: Int) -> Double { norms[lag] / norms[0] }

    /// The gradients after clipping by the global norm of the parameters' gradient. All are scaled
    /// equally.
    package func clipped(to norm: Double) -> GradientFlow {
        guard parameterNorm > norm else { return self }
        let factor = norm / parameterNorm
        return GradientFlow(norms: norms.map { $0 * factor }, parameterNorm: norm)
    }

    /// The first lag from which the norm stays below a thousandth of that of lag 0.
    package var lagOfAThousandth: Int? {
        guard let last = norms.indices.last(where: { relative($0) >= 1e-3 }) else { return nil }
        return last + 1 < norms.count ? last + 1 : nil
    }

    package enum Verdict: String, Sendable { case vanishing, steady, exploding }

    /// Vanishing if the norm of the longest lag is below a thousandth of that of lag 0, exploding
    /// if it is above ten times that.
    package var verdict: Verdict {
        let longest = relative(norms.count - 1)
        if !longest.isFinite || longest > 10 { return .exploding }
        return longest < 1e-3 ? .vanishing : .steady
    }
}

extension UnrolledNetwork {
    /// The gradient flow of the loss after the mini-batch's last step, by layer. Other targets are
    /// ignored.
    package func gradientFlow(_ batch: MiniBatch, pool: ThreadPool) -> [GradientFlow] {
        let steps = batch.shape.steps
        var last = batch
        last.sentiments = []
        for row in 0..<batch.shape.row(steps - 1, 0) { last.targets[row] = -1 }
        parameters.clearGradients(pool)
        forward(last)
        backward(last)
        let square = parameters.all.reduce(0.0) { sum, parameter in
            sum + parameter.gradients.reduce(0) { $0 + Double($1) * Double($1) }
        }
        return layers.map { layer in
            let direction = layer.directions[0]
            let norms = (0..<steps).map { lag in
                direction.stateGradientNorm(lag: lag, batch.shape)
            }
            return GradientFlow(norms: norms, parameterNorm: square.squareRoot())
        }
    }
}

extension RecurrentDirection {
    /// The mean over lanes of the norm with respect to the state after the step `lag` steps before
    /// the last.
    fileprivate func stateGradientNorm(lag: Int, _ shape: BatchShape) -> Double {
        let step = shape.steps - 1 - lag
        let norms = (0..<shape.lanes).map { lane in
            var square = hiddenGradient.row(shape.row(step, lane)).sumOfSquaresInOrder()
            // The backward pass of a step leaves the gradient with respect to the previous c there.
            if cellGradient.rows > 0 && lag > 0 {
                square += cellGradient.row(shape.row(step + 1, lane)).sumOfSquaresInOrder()
            }
            return square.squareRoot()
        }
        // The backward pass uses the mean loss of the lanes: the loss of a lane has `lanes` times
        // the gradient.
        return norms.reduce(0, +)
    }
}

extension Row {
    fileprivate func sumOfSquaresInOrder() -> Double {
        (0..<count).reduce(0) { $0 + Double(self[$1]) * Double(self[$1]) }
    }
}
