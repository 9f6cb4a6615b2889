/// The state of a run, except for its matrices. The names are keys of `state.json` and must not
/// change.
package struct RunState: Codable, Equatable, Sendable {
    /// Completed steps of the optimiser.
    package var step = 0
    /// Tokens read by all lanes, without padding.
    package var tokens = 0
    /// The epoch and the position of each reader, in order.
    package var epochs: [Int] = []
    package var positions: [Int] = []
    /// The step of the latest validation.
    package var validated = 0
    /// The lowest validation loss so far and its step.
    package var best: Double?
    package var bestStep = 0
    /// Validations since then, without improvement.
    package var stale = 0
    /// The number of times that the plateau schedule lowered the learning rate.
    package var drops = 0
    /// The factor on the learning rate after failures: losses or gradients that are not finite.
    package var caution = 1.0
    package var failures = 0
    /// The number of steps in the averages; 0 before averaging.
    package var averaged = 0
    /// Time of training so far, in seconds, and CPU time of all threads.
    package var seconds = 0.0
    package var cpuSeconds = 0.0
    /// The steps that have not been logged yet.
    package var recent = RecentSteps()

    /// Inputs that have changed since the run began, with the user's permission.
    package var changes: [InputChange]?
    /// The format of the checkpoint; nil before checkpoints had manifests.
    package var format: Int?

    static let presentFormat = 2

    package init() {}

    /// Whether a run can be in this state. Checkpoints are not trusted.
    var isPossible: Bool {
        let counts =
            [
                step, tokens, validated, bestStep, stale, drops, failures, averaged, recent.count,
                recent.loss.tokenCount,
            ] + epochs + positions
        let numbers = [caution, seconds, cpuSeconds, recent.gradientNorm, best ?? 0]
        return counts.allSatisfy { (0...1 << 40).contains($0) }
            && numbers.allSatisfy(\.isFinite) && epochs.count == positions.count
    }
}
