package import Foundation
internal import Kernels
internal import Model

/// Trains a network by a recipe: windows, gradients, steps, validations and checkpoints.
///
/// The same recipe gives the same bits, whatever the number of threads, and whether it ran in one go
/// or was stopped and resumed; but after a failure a resumed run may go back to another step.
package final class Trainer {
    package let recipe: Recipe
    package let parameters: ParameterSet<Float>
    package internal(set) var state = RunState()

    let corpora: TrainingCorpora
    let folder: URL
    let tokenizer: Data?
    let team: Team
    let network: UnrolledNetwork<Float>
    let optimiser: any Optimiser
    let averages: AveragedParameters?
    let memory: TrainingMemory
    let checkpoints: CheckpointFolder
    let validator: Validator
    var batches: Batches
    let report: (RunEvent) -> Void
    let isStopped: () -> Bool
    /// Whether the parameters have their first values, or those of a checkpoint.
    package private(set) var hasBegun = false
    /// What to go back to when something is not finite.
    var lastGood: (RunState, [[Float]])?

    static let stepsBetweenCopies = 200
    static let mostFailures = 10

    /// - Parameters:
    ///   - folder: the run's, which exists.
    ///   - tokenizer: the bytes of its tokenizer.json, for the model folder; nil for bytes.
    ///   - isStopped: asked between steps; true ends the run with a checkpoint.
    package init(
        _ recipe: Recipe, _ corpora: TrainingCorpora, folder: URL, tokenizer: Data?, threads: Int,
        isStopped: @escaping () -> Bool, report: @escaping (RunEvent) -> Void
    ) throws {
        try corpora.check(recipe)
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
    }

    /// Gives the parameters their first values.
    private func begin() throws {
        let isFilled = recipe.initialisation.fill(
            parameters, config: recipe.network, seed: recipe.seed, isStopped: isStopped)
        guard isFilled else { throw CorpusError.interrupted(doing: "initialised the parameters") }
        hasBegun = true
        guard let start = recipe.start else { return }
        try StartingWeights(start).fill(parameters, of: recipe.network)
    }

    /// Takes up the newest checkpoint of the folder, if there is one.
    package func resume() throws -> Bool {
        guard let newest = checkpoints.newest() else { return false }
        state = try checkpoints.read(newest, into: memory)
        let sources = corpora.all.count
        guard state.epochs.count == state.positions.count,
            [0, sources].contains(state.epochs.count)
        else {
            throw TrainingError.file(
                newest.path, found: "a run that reads \(state.epochs.count) texts and tables",
                expected: "the recipe's \(sources)")
        }
        hasBegun = true
        batches = Batches(recipe, corpora, state)
        return true
    }

    /// Trains to the end, or until it is stopped.
    package func run() throws -> StopReason {
        let total = totalSteps
        if !hasBegun { try begin() }
        remember()
        if isStale { return try stop(.early) }
        while true {
            if isValidationDue(total) {
                guard try validate() else { return try stop(.interrupted) }
                state.validated = state.step
                if isStale { return try stop(.early) }
            }
            if state.step >= total { return try stop(.finished) }
            if isStopped() { return try stop(.interrupted) }
            try step(of: total)
            if state.step % recipe.checkpoints.every == 0 {
                try checkpoint()
                report(
                    .checkpoint(
                        step: state.step, path: folder.appending(path: "checkpoints").path))
            }
        }
    }

    /// Whether validation has not improved for longer than the recipe lets pass.
    private var isStale: Bool {
        recipe.validation.patience.map { state.stale > $0 } ?? false
    }

    func isValidationDue(_ total: Int) -> Bool {
        let isDue = state.step % recipe.validation.every == 0 || state.step >= total
        return isDue && state.step > state.validated
    }

    private func stop(_ reason: StopReason) throws -> StopReason {
        try checkpoint()
        if reason != .interrupted && state.best == nil { try writeModel("model", result: nil) }
        report(.stopped(step: state.step, reason: reason))
        return reason
    }

    /// Steps by the recipe: epochs are those of the first source.
    package var totalSteps: Int {
        let byEpochs = recipe.length.epochs.map { epochs in
            let windows = epochs * batches.windowsPerEpoch
            return Int((windows / Double(recipe.optimiser.accumulate)).rounded(.up))
        }
        return min(recipe.length.steps ?? .max, byEpochs ?? .max)
    }
}
