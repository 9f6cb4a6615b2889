/// What a run says of one step.
package struct StepReport: Sendable, Equatable {
    package var step = 0
    package var steps = 0
    package var epoch = 0.0
    /// Means over the step's windows, in nats.
    package var loss = BatchLoss()
    package var gradientNorm = 0.0
    package var learningRate = 0.0
    /// Tokens read so far, padding aside.
    package var tokens = 0
    package var seconds = 0.0
    /// Of the process, all threads together.
    package var cpuSeconds = 0.0
    /// Where a line of the log is due: of all steps since the last one.
    package var recent: RecentSteps?
}

/// Sums over the steps since the log's last line. A part of a run's state, so that a run that was
/// stopped and resumed leaves the log of one that was not.
package struct RecentSteps: Codable, Equatable, Sendable {
    package private(set) var count = 0
    package private(set) var loss = BatchLoss()
    package private(set) var gradientNorm = 0.0

    package init() {}

    mutating func add(_ loss: BatchLoss, gradientNorm: Double) {
        count += 1
        self.loss.add(loss)
        self.gradientNorm += gradientNorm
    }
}
