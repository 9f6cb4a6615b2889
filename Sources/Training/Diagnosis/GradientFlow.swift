internal import Kernels
internal import Model

/// How the gradient of the loss at step t fades or grows on its way back in time: its norm with respect
/// to the state that step t - k handed on, by the lag k.
///
/// Source: Bengio, Simard and Frasconi 1994; Pascanu, Mikolov and Bengio 2013, section 2.1.
package struct GradientFlow: Sendable, Equatable {
    /// Means over lanes of √(|∂L/∂h|² + |∂L/∂c|²) by lag, from 0 on, L being the loss of the lane
    /// itself; c of an LSTM only.
    package let norms: [Double]
    /// Of the gradient of the lanes' mean loss with respect to all parameters together.
    package let parameterNorm: Double

    package init(norms: [Double], parameterNorm: Double) {
        self.norms = norms
        self.parameterNorm = parameterNorm
    }

    /// A lag's norm as a part of that of lag 0.
    package func relative(_ lag: Int) -> Double { norms[lag] / norms[0] }

    /// The same gradients after clipping the parameters' to a global norm: all are scaled alike.
    package func clipped(to norm: Double) -> GradientFlow {
        guard parameterNorm > norm else { return self }
        let factor = norm / parameterNorm
        return GradientFlow(norms: norms.map { $0 * factor }, parameterNorm: norm)
    }

    /// The lag from which on the norm stays below a thousandth of that of lag 0.
    package var lagOfAThousandth: Int? {
        guard let last = norms.indices.last(where: { relative($0) >= 1e-3 }) else { return nil }
        return last + 1 < norms.count ? last + 1 : nil
    }

    package enum Verdict: String, Sendable { case vanishing, steady, exploding }

    /// Vanishing where the longest lag has less than a thousandth of the gradient, exploding where it
    /// has more than ten times of it.
    package var verdict: Verdict {
        let longest = relative(norms.count - 1)
        if !longest.isFinite || longest > 10 { return .exploding }
        return longest < 1e-3 ? .vanishing : .steady
    }
}

extension UnrolledNetwork {
    /// The flow of the gradient of the next token's loss after the window's last step, by layer.
    /// The window's other targets are left out.
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
    /// Mean over lanes of the norm with respect to the state that the step `lag` before the last
    /// handed on.
    fileprivate func stateGradientNorm(lag: Int, _ shape: BatchShape) -> Double {
        let step = shape.steps - 1 - lag
        let norms = (0..<shape.lanes).map { lane in
            var square = hiddenGradient.row(shape.row(step, lane)).sumOfSquaresInOrder()
            // What a step's backward pass leaves there is the gradient with respect to c before it.
            if cellGradient.rows > 0 && lag > 0 {
                square += cellGradient.row(shape.row(step + 1, lane)).sumOfSquaresInOrder()
            }
            return square.squareRoot()
        }
        // What is propagated is the lanes' mean loss: a lane's own has as many times the gradient.
        return norms.reduce(0, +)
    }
}

extension Row {
    fileprivate func sumOfSquaresInOrder() -> Double {
        (0..<count).reduce(0) { $0 + Double(self[$1]) * Double(self[$1]) }
    }
}
