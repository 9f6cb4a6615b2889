/// What a run says of one step.
package struct StepReport: Sendable, Equatable {
    package var step = 0
    package var steps = 0
    package var epoch = 0.0
    /// Means over the step's windows, in nats.
    package var loss = WindowLoss()
    package var gradientNorm = 0.0
    package var learningRate = 0.0
    /// Tokens read so far, and by this step.
    package var tokens = 0
    package var stepTokens = 0
    package var seconds = 0.0
}

/// What happens in a run besides steps.
package enum RunEvent: Sendable {
    case step(StepReport)
    case validated(step: Int, ValidationResult, isBest: Bool)
    case checkpoint(step: Int, path: String)
    /// A loss or gradient that is not finite: at which step, in what; what follows.
    case failure(step: Int, what: String, wentBackTo: Int, learningRateFactor: Double)
    case loweredRate(step: Int, factor: Double)
    case beganAveraging(step: Int)
    case stopped(step: Int, reason: StopReason)
}

package enum StopReason: String, Sendable {
    case finished, early, interrupted
}
