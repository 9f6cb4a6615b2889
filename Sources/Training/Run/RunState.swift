/// Where a run stands, apart from numbers in matrices: all that a checkpoint holds besides.
package struct RunState: Codable, Equatable, Sendable {
    /// Steps of the optimiser done.
    package var step = 0
    /// Tokens read, all lanes together, padding aside.
    package var tokens = 0
    /// Of each reader, in order.
    package var epochs: [Int] = []
    package var positions: [Int] = []
    /// The step of the latest validation.
    package var validated = 0
    /// Lowest validation loss so far and the step it was at.
    package var best: Double?
    package var bestStep = 0
    /// Validations since then.
    package var stale = 0
    /// How often a plateau lowered the learning rate.
    package var drops = 0
    /// The factor that failures (a loss or gradient that is not finite) have put on it.
    package var caution = 1.0
    package var failures = 0
    /// Steps that the averages hold; 0 before averaging.
    package var averaged = 0
    /// Seconds of training so far.
    package var seconds = 0.0
    package var cpuSeconds = 0.0
    /// What the log does not have yet.
    package var recent = RecentSteps()

    /// Inputs that are others than those the run was begun with, as the user allowed.
    package var changes: [InputChange]?
    /// Of the checkpoint; nil before checkpoints had manifests.
    package var format: Int?

    static let presentFormat = 2

    package init() {}

    /// Whether a run can be in this state: what is read is not trusted to be what was written.
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
