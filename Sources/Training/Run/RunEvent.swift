/// What happens in a run besides steps.
package enum RunEvent: Sendable {
    case step(StepReport)
    case validated(step: Int, ValidationResult, isBest: Bool)
    case checkpoint(step: Int, path: String)
    /// A loss or gradient that is not finite: at which step, in what; what follows.
    case failure(step: Int, what: String, wentBackTo: Int, learningRateFactor: Double)
    case loweredRate(step: Int, factor: Double)
    case beganAveraging(step: Int)
    /// A checkpoint from before there were manifests.
    case unverified(checkpoint: String)
    /// Inputs that are others than those the run was begun with, as the user allowed.
    case changedInputs([InputChange])
    case stopped(step: Int, reason: StopReason)
}

package enum StopReason: String, Sendable {
    case finished, early, interrupted
}
