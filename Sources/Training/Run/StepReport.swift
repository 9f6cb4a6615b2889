package struct StepReport: Sendable, Equatable {
    package var step = 0
    package var steps = 0
    package var epoch = 0.0
    /// The losses of the step's mini-batches, in nats.
    package var loss = BatchLoss()
    package var gradientNorm = 0.0
    package var learningRate = 0.0
    /// Tokens read so far, without padding.
    package var tokens = 0
    package var seconds = 0.0
    /// CPU time of all threads.
    package var cpuSeconds = 0.0
    /// If a line of the log is due: the sums over all steps since the last line.
    package var recent: RecentSteps?
}

/// Sums over the steps since the log's last line. They are part of a run's state, so that
/// interruptions do not change the log.
package struct RecentSteps: Codable, Equatable, Sendable {
    package private(set) var count = 0
    package private(set) var loss = BatchLoss()
    package private(set) var gradientNorm = 0.0

    mutating func add(_ loss: BatchLoss, gradientNorm: Double) {
        count += 1
        self.loss.add(loss)
        self.gradientNorm += gradientNorm
    }
}
