package import Kernels
package import Model
internal import Randomness

/// Trains one cell on a memory task of one length.
package struct MemoryTrial: Sendable {
    package struct Outcome: Sendable, Equatable {
        /// The accuracy at the last check.
        package var accuracy: Double
        /// Steps until the task was solved; nil if it was not.
        package var solvedAt: Int?
        package var steps: Int
    }

    package var task: MemoryTask
    package var length: Int
    package var cell: RecurrentCell
    package var start: MemoryStart
    package var hiddenSize = 64
    package var steps = 2000
    /// Nil: the usual rate of the cell.
    package var learningRate: Double?
    package var seed: UInt64 = 1

    /// The accuracy from which a task counts as solved.
    package static let solution = 0.99
    private static let stepsBetweenChecks = 50
    private static let lanes = 32
    private static let clipNorm = 1.0

    package init(
        task: MemoryTask, length: Int, cell: RecurrentCell,
        start: MemoryStart = MemoryStart(recurrent: .uniform)
    ) {
        self.start = start
        self.task = task
        self.length = length
        self.cell = cell
    }

    /// Cells without gates diverge at the rate that suits gated cells, above all with orthogonal
    /// weights.
    package static func usualLearningRate(of cell: RecurrentCell) -> Double {
        cell == .rnnTanh || cell == .rnnReLU ? 3e-3 : 1e-2
    }

    package var config: ModelConfig {
        cell.config(hiddenSize: hiddenSize, embeddingSize: 32, vocabularySize: task.vocabularySize)
    }

    /// Trains until the task is solved or all steps are done.
    ///
    /// - Parameter progress: receives each step and the latest accuracy, if any; false stops the
    ///   training.
    package func run(pool: ThreadPool, progress: (Int, Double?) -> Bool) -> Outcome {
        let parameters = ParameterSet<Float>(config: config)
        let textSteps = task.steps(length: length)
        start.fill(parameters, config: config, length: textSteps, seed: seed)
        let shape = BatchShape(steps: textSteps, lanes: Self.lanes)
        let network = UnrolledNetwork(
            config: config, parameters: parameters, shape: shape, pool: pool)
        let optimiser = AdamW(parameters, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0)
        var accuracy: Double?
        var step = 0
        while true {
            step += 1
            train(network, optimiser, step: step, pool)
            if step % Self.stepsBetweenChecks == 0 || step == steps {
                let found = self.accuracy(network)
                accuracy = found
                if found >= Self.solution {
                    return Outcome(accuracy: found, solvedAt: step, steps: step)
                }
            }
            if !progress(step, accuracy) || step == steps {
                return Outcome(accuracy: accuracy ?? 0, solvedAt: nil, steps: step)
            }
        }
    }

    /// One step of the optimiser on random texts.
    private func train(
        _ network: UnrolledNetwork<Float>, _ optimiser: AdamW, step: Int, _ pool: ThreadPool
    ) {
        let parameters = network.parameters
        var random = SeededRandom(seed: seed, purpose: "memory task", step)
        let batch = task.batch(length: length, lanes: Self.lanes, random: &random)
        parameters.clearGradients(pool)
        network.pack()
        network.forward(batch)
        network.backward(batch)
        let norms = parameters.gradientNorms(pool)
        let norm = norms.reduce(0) { $0 + $1 * $1 }.squareRoot()
        parameters.clip(Clipping(norm: Self.clipNorm), norm: norm, pool)
        optimiser.update(
            parameters, learningRate: Float(learningRate ?? Self.usualLearningRate(of: cell)),
            step: step, pool: pool)
    }

    /// The accuracy on texts that training does not use.
    private func accuracy(_ network: UnrolledNetwork<Float>) -> Double {
        var (right, count) = (0, 0)
        network.pack()
        for index in 0..<8 {
            var random = SeededRandom(seed: seed, purpose: "memory check", index)
            let batch = task.batch(length: length, lanes: Self.lanes, random: &random)
            network.forward(batch)
            for (row, best) in network.bestTokens(batch) {
                count += 1
                if batch.targets[row] == best { right += 1 }
            }
        }
        return Double(right) / Double(max(1, count))
    }
}
