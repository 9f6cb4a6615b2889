package import Foundation
internal import Kernels
package import Model

/// Trains a network by a recipe: windows, gradients, steps, validations and checkpoints.
///
/// The same recipe gives the same bits, whatever the number of threads, and whether it ran in one go
/// or was stopped and resumed.
package final class Trainer {
    package let recipe: Recipe
    package let parameters: ParameterSet<Float>
    package private(set) var state = RunState()

    private let corpora: TrainingCorpora
    private let folder: URL
    private let tokenizer: Data?
    private let team: Team
    private let network: UnrolledNetwork<Float>
    private let optimiser: any Optimiser
    private let averages: AveragedParameters?
    private let memory: TrainingMemory
    private let checkpoints: CheckpointFolder
    private let validator: Validator
    private var batches: Batches
    private let report: (RunEvent) -> Void
    private let isStopped: () -> Bool
    /// What to go back to when something is not finite.
    private var lastGood: (RunState, [[Float]])?

    private static let stepsBetweenCopies = 200
    private static let mostFailures = 10

    /// - Parameters:
    ///   - folder: the run's, which exists.
    ///   - tokenizer: the bytes of its tokenizer.json, for the model folder; nil for bytes.
    ///   - isStopped: asked between steps; true ends the run with a checkpoint.
    package init(
        _ recipe: Recipe, _ corpora: TrainingCorpora, folder: URL, tokenizer: Data?, threads: Int,
        isStopped: @escaping () -> Bool, report: @escaping (RunEvent) -> Void
    ) throws {
        self.recipe = recipe
        self.corpora = corpora
        self.folder = folder
        self.tokenizer = tokenizer
        self.isStopped = isStopped
        self.report = report
        team = Team(threads: threads)
        parameters = ParameterSet(config: recipe.network)
        let shape = WindowShape(steps: Batches.longest(recipe.window), lanes: recipe.lanes)
        network = UnrolledNetwork(
            config: recipe.network, parameters: parameters, shape: shape, team: team,
            dropout: recipe.dropout, labelSmoothing: recipe.loss.labelSmoothing, seed: recipe.seed)
        optimiser = recipe.optimiser.make(parameters)
        averages = recipe.optimiser.kind == .asgd ? AveragedParameters(parameters) : nil
        memory = TrainingMemory(parameters, optimiser, averages, states: network.states)
        checkpoints = CheckpointFolder(
            folder.appending(path: "checkpoints"), keep: recipe.checkpoints.keep)
        validator = Validator(recipe, corpora, parameters: parameters, team: team)
        batches = Batches(recipe, corpora, state)
        try begin()
    }

    private func begin() throws {
        guard let start = recipe.start else {
            recipe.initialisation.fill(parameters, config: recipe.network, seed: recipe.seed)
            return
        }
        let file = URL(filePath: start).appending(path: "model.safetensors")
        let weights = try SafetensorsWeights(path: file.path, specs: recipe.network.tensors)
        for parameter in parameters.all {
            parameter.values = try weights.values(of: parameter.spec)
        }
    }

    /// Takes up the newest checkpoint of the folder, if there is one.
    package func resume() throws -> Bool {
        guard let newest = checkpoints.newest() else { return false }
        state = try checkpoints.read(newest, into: memory)
        batches = Batches(recipe, corpora, state)
        return true
    }

    /// Trains to the end, or until it is stopped.
    package func run() throws -> StopReason {
        let total = totalSteps
        remember()
        while true {
            if isValidationDue(total) {
                guard try validate() else { return try stop(.interrupted) }
                state.validated = state.step
                if let patience = recipe.validation.patience, state.stale > patience {
                    return try stop(.early)
                }
            }
            if state.step >= total { return try stop(.finished) }
            if isStopped() { return try stop(.interrupted) }
            try step(of: total)
            if state.step % recipe.checkpoints.every == 0 { try checkpoint() }
        }
    }

    private func isValidationDue(_ total: Int) -> Bool {
        let isDue = state.step % recipe.validation.every == 0 || state.step >= total
        return isDue && state.step > state.validated
    }

    private func stop(_ reason: StopReason) throws -> StopReason {
        try checkpoint()
        if reason != .interrupted && state.best == nil { try writeModel("model") }
        report(.stopped(step: state.step, reason: reason))
        return reason
    }

    /// Steps by the recipe: epochs are those of the first source.
    package var totalSteps: Int {
        let byEpochs = recipe.length.epochs.map { epochs in
            let tokens = corpora.all[0].tokens.tokens.count
            let perStep = corpora.all[0].lanes * recipe.window.steps * recipe.optimiser.accumulate
            return Int((epochs * Double(tokens) / Double(perStep)).rounded(.up))
        }
        return min(recipe.length.steps ?? .max, byEpochs ?? .max)
    }
}

extension Trainer {
    private func remember() { lastGood = (state, memory.copy()) }

    /// One step of the optimiser.
    private func step(of total: Int) throws {
        let begun = ContinuousClock.now
        let learningRate = rate(of: total)
        var sum = WindowLoss()
        var tokens = 0
        parameters.clearGradients(team)
        network.pack(step: state.step)
        for part in 0..<recipe.optimiser.accumulate {
            let window = batches.next(state.step * recipe.optimiser.accumulate + part)
            if recipe.window.wholeTexts { network.clearState() }
            network.forward(window, step: state.step)
            sum.add(
                network.backward(
                    window, weights: recipe.loss.weights,
                    scale: 1 / Double(recipe.optimiser.accumulate), step: state.step))
            network.carryState(window.shape)
            tokens += window.shape.rows
        }
        let norms = parameters.gradientNorms(team)
        if let problem = problem(sum, norms) { return try goBack(problem) }
        let norm = norms.reduce(0) { $0 + $1 * $1 }.squareRoot()
        parameters.clip(recipe.optimiser.clipping, norm: norm, team)
        optimiser.update(
            parameters, learningRate: Float(learningRate), step: state.step + 1, team: team)
        finishStep(tokens, seconds: begun.duration(to: .now).seconds)
        report(
            .step(
                StepReport(
                    step: state.step, steps: total, epoch: batches.progress, loss: sum,
                    gradientNorm: norm, learningRate: learningRate, tokens: state.tokens,
                    stepTokens: tokens, seconds: state.seconds)))
    }

    private func rate(of total: Int) -> Double {
        recipe.optimiser.learningRate * state.caution
            * recipe.schedule.factor(step: state.step, of: total, drops: state.drops)
    }

    private func finishStep(_ tokens: Int, seconds: Double) {
        state.step += 1
        state.tokens += tokens
        state.seconds += seconds
        state.epochs = batches.epochs
        state.positions = batches.positions
        if state.averaged > 0 {
            averages?.add(parameters, count: state.averaged, team)
            state.averaged += 1
        }
        if state.step % Self.stepsBetweenCopies == 0 { remember() }
    }

    /// What is not finite, by the first layer that is not.
    private func problem(_ loss: WindowLoss, _ norms: [Double]) -> String? {
        if !loss.tokens.isFinite || !loss.sentiment.isFinite {
            let part = network.firstLayerNotFinite().map { "the output of layer \($0)" }
            return "the loss is not finite, nor is " + (part ?? "a head's logit")
        }
        guard let index = norms.firstIndex(where: { !$0.isFinite }) else { return nil }
        return "the gradient of \(parameters.all[index].name) is not finite"
    }

    private func goBack(_ problem: String) throws {
        guard let (good, numbers) = lastGood, state.failures < Self.mostFailures else {
            throw TrainingError.diverged(
                step: state.step, failures: state.failures + 1, last: problem)
        }
        let (failed, failures, caution) = (state.step, state.failures + 1, state.caution / 2)
        memory.restore(numbers)
        state = good
        state.failures = failures
        state.caution = caution
        lastGood?.0 = state
        batches = Batches(recipe, corpora, state)
        report(
            .failure(
                step: failed, what: problem, wentBackTo: state.step, learningRateFactor: caution))
    }
}

extension Trainer {
    /// False if it was stopped.
    private func validate() throws -> Bool {
        if state.averaged > 0 { averages?.swap(with: parameters) }
        defer { if state.averaged > 0 { averages?.swap(with: parameters) } }
        guard corpora.validationText != nil || corpora.validationLabelled != nil else {
            try writeModel("model")
            return true
        }
        guard let result = validator.run(isStopped: isStopped) else { return false }
        let loss = result.loss(recipe.loss.weights)
        let isBest = loss.isFinite && loss < (state.best ?? .infinity)
        if isBest {
            state.best = loss
            state.bestStep = state.step
            state.stale = 0
            try writeModel("model")
        } else {
            state.stale += 1
        }
        report(.validated(step: state.step, result, isBest: isBest))
        if !isBest { actOnStaleness() }
        return true
    }

    private func actOnStaleness() {
        if recipe.schedule.kind == .plateau && state.stale % recipe.schedule.patience == 0 {
            state.drops += 1
            let factor = recipe.schedule.factor(step: .max, of: .max, drops: state.drops)
            report(.loweredRate(step: state.step, factor: factor))
        }
        if averages != nil && state.averaged == 0 && state.stale >= recipe.optimiser.trigger {
            state.averaged = 1
            report(.beganAveraging(step: state.step))
        }
    }

    package func checkpoint() throws {
        try checkpoints.write(state, memory)
        report(.checkpoint(step: state.step, path: folder.appending(path: "checkpoints").path))
    }

    /// Writes the parameters as a model folder of the run.
    package func writeModel(_ name: String) throws(ModelError) {
        try ModelFolderWriter.write(
            recipe.network, tokenizer: tokenizer, to: folder.appending(path: name)
        ) { spec in
            parameters[spec.name].values
        }
    }
}

extension WindowLoss {
    fileprivate mutating func add(_ other: WindowLoss) {
        tokens += other.tokens
        tokenCount += other.tokenCount
        sentiment += other.sentiment
        sentimentWeight += other.sentimentWeight
    }
}

extension Recipe.OptimiserSettings {
    var clipping: Clipping { Clipping(norm: clipNorm, value: clipValue) }

    func make(_ parameters: ParameterSet<Float>) -> any Optimiser {
        switch kind {
        case .adamw:
            AdamW(
                parameters, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
        case .sgd, .asgd: SGD(parameters, momentum: momentum, weightDecay: weightDecay)
        }
    }
}

extension Duration {
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
