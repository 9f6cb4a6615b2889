package import Model

/// One cell's try at a task of one length.
package struct MemoryTrial: Sendable {
    package struct Outcome: Sendable, Equatable {
        /// Of the last check.
        package var accuracy: Double
        /// Steps until the accuracy was that of a solution; nil where it never was.
        package var solvedAt: Int?
        package var steps: Int
    }

    package var task: MemoryTask
    package var length: Int
    package var cell: TrainedCell
    package var start: MemoryStart
    package var hiddenSize = 64
    package var lanes = 32
    package var steps = 2000
    /// Nil: what suits the cell.
    package var learningRate: Double?
    package var clipNorm = 1.0
    package var seed: UInt64 = 1

    /// A solution is right as often as this.
    package static let solution = 0.99
    private static let stepsBetweenChecks = 50

    package init(
        task: MemoryTask, length: Int, cell: TrainedCell,
        start: MemoryStart = MemoryStart(recurrent: .uniform)
    ) {
        self.start = start
        self.task = task
        self.length = length
        self.cell = cell
    }

    /// Gated cells learn at a rate at which the weights of others are thrown about, a rotation first.
    package static func usualLearningRate(of cell: TrainedCell) -> Double {
        cell == .rnnTanh || cell == .rnnReLU ? 3e-3 : 1e-2
    }

    package var config: ModelConfig {
        var config = cell.config(
            hiddenSize: hiddenSize, embeddingSize: 32, vocabularySize: task.vocabularySize)
        config.heads = ModelConfig.Heads(next: true, sentiment: false)
        return config
    }

    /// Trains until it is solved or the steps are used up.
    ///
    /// - Parameter progress: told each step, and the latest accuracy once there is one; false stops.
    package func run(team: Team, progress: (Int, Double?) -> Bool) -> Outcome {
        let parameters = ParameterSet<Float>(config: config)
        let textSteps = task.steps(length: length)
        start.fill(parameters, config: config, length: textSteps, seed: seed)
        let shape = WindowShape(steps: textSteps, lanes: lanes)
        let network = UnrolledNetwork(
            config: config, parameters: parameters, shape: shape, team: team)
        let optimiser = AdamW(
            parameters, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0)
        var accuracy: Double?
        var step = 0
        while true {
            step += 1
            var random = SeededRandom(seed: seed, purpose: "memory task", step)
            let window = task.window(length: length, lanes: lanes, random: &random)
            parameters.clearGradients(team)
            network.pack()
            network.forward(window)
            network.backward(window)
            let norms = parameters.gradientNorms(team)
            let norm = norms.reduce(0) { $0 + $1 * $1 }.squareRoot()
            parameters.clip(Clipping(norm: clipNorm), norm: norm, team)
            optimiser.update(
                parameters, learningRate: Float(learningRate ?? Self.usualLearningRate(of: cell)),
                step: step, team: team)
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

    /// On texts that training never has.
    private func accuracy(_ network: UnrolledNetwork<Float>) -> Double {
        var (right, count) = (0, 0)
        network.pack()
        for index in 0..<8 {
            var random = SeededRandom(seed: seed, purpose: "memory check", index)
            let window = task.window(length: length, lanes: lanes, random: &random)
            network.forward(window)
            for (row, best) in network.bestTokens(window) {
                count += 1
                if window.targets[row] == best { right += 1 }
            }
        }
        return Double(right) / Double(max(1, count))
    }
}

extension TrainedCell {
    /// A network of one layer of this cell.
    package func config(hiddenSize: Int, embeddingSize: Int, vocabularySize: Int) -> ModelConfig {
        var config = ModelConfig(
            cell: .lstm, layers: 1, embeddingSize: embeddingSize, hiddenSize: hiddenSize,
            vocabularySize: vocabularySize)
        switch self {
        case .lstm: break
        case .gruResetAfter: config.cell = .gru
        case .gruResetBefore:
            config.cell = .gru
            config.resetGate = .before
        case .rnnTanh: config.cell = .rnn
        case .rnnReLU:
            config.cell = .rnn
            config.activation = .relu
        }
        return config
    }

    /// As in tables.
    package var name: String {
        switch self {
        case .lstm: "LSTM"
        case .gruResetAfter: "GRU"
        case .gruResetBefore: "GRU (reset before)"
        case .rnnTanh: "RNN tanh"
        case .rnnReLU: "RNN ReLU"
        }
    }
}
