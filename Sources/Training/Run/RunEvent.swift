package enum RunEvent: Sendable {
    case step(StepReport)
    case validated(step: Int, ValidationResult, isBest: Bool)
    case checkpoint(step: Int, path: String)
    /// A loss or gradient that is not finite. The run returns to an earlier step with a lower
    /// learning rate.
    case failure(step: Int, what: String, wentBackTo: Int, learningRateFactor: Double)
    case loweredRate(step: Int, factor: Double)
    case beganAveraging(step: Int)
    /// The run resumed from a checkpoint without a manifest.
    case unverified(checkpoint: String)
    /// Inputs that have changed since the run began, with the user's permission.
    case changedInputs([InputChange])
    case stopped(step: Int, reason: StopReason)
}

package enum StopReason: String, Sendable {
    case finished, early, interrupted
}
