internal import Digests
package import Foundation
internal import Kernels
internal import Model

/// Trains a network by a recipe: mini-batches, gradients, steps, validations and checkpoints.
///
/// The result is a function of the recipe and its inputs, bit for bit. It does not depend on the
/// number of threads or on interruptions; but after a failure, a resumed run may go back to another
/// step.
package final class Trainer {
    package let recipe: Recipe
    package let parameters: ParameterSet<Float>
    package internal(set) var state = RunState()

    let corpora: TrainingCorpora
    let folder: URL
    let tokenizer: Data?
    private var inputs: [RunInput]
    private let allowsChangedInputs: Bool
    let pool: ThreadPool
    let network: UnrolledNetwork<Float>
    let optimiser: any Optimiser
    let averages: AveragedParameters?
    let memory: TrainingMemory
    let checkpoints: CheckpointFolder
    let validator: Validator
    var loader: BatchLoader
    let report: (RunEvent) -> Void
    let isStopped: () -> Bool
    /// Whether the parameters have been initialised or restored from a checkpoint.
    package private(set) var hasBegun = false
    /// The state and the matrices to go back to when something is not finite.
    var lastGood: (RunState, [[Float]])?

    static let stepsBetweenCopies = 200
    static let mostFailures = 10

    /// - Parameters:
    ///   - folder: the run's folder, which must exist.
    ///   - tokenizer: the bytes of the tokenizer.json for the model folder; nil for a byte
    ///     tokenizer.
    ///   - allowsChangedInputs: whether a run may continue although the content of its inputs has
    ///     changed, and
    ///     begin with a model of another tokenizer.
    ///   - isStopped: polled between steps; true ends the run with a checkpoint.
    package init(
        _ recipe: Recipe, _ corpora: TrainingCorpora, folder: URL, tokenizer: Data?, threads: Int,
        allowsChangedInputs: Bool = false, isStopped: @escaping () -> Bool,
        report: @escaping (RunEvent) -> Void
    ) throws {
        try corpora.check(recipe)
        self.recipe = recipe
        self.corpora = corpora
        self.folder = folder
        self.tokenizer = tokenizer
        self.allowsChangedInputs = allowsChangedInputs
        inputs = corpora.inputs + recipe.tokenizerInput(tokenizer)
        self.isStopped = isStopped
        self.report = report
        pool = ThreadPool(threads: threads)
        parameters = ParameterSet(config: recipe.network)
        let shape = BatchShape(steps: BatchLoader.longest(recipe.window), lanes: recipe.lanes)
        network = UnrolledNetwork(
            config: recipe.network, parameters: parameters, shape: shape, pool: pool,
            dropout: recipe.dropout, labelSmoothing: recipe.loss.labelSmoothing, seed: recipe.seed)
        optimiser = recipe.optimiser.make(parameters)
        averages = recipe.optimiser.kind == .asgd ? AveragedParameters(parameters) : nil
        memory = TrainingMemory(parameters, optimiser, averages, states: network.states)
        checkpoints = CheckpointFolder(
            folder.appending(path: "checkpoints"), keep: recipe.checkpoints.keep)
        validator = Validator(recipe, corpora, parameters: parameters, pool: pool)
        loader = BatchLoader(recipe, corpora, state)
    }

    /// Initialises the parameters.
    private func begin() throws {
        let isFilled = recipe.initialisation.fill(
            parameters, config: recipe.network, seed: recipe.seed, isStopped: isStopped)
        guard isFilled else { throw CorpusError.interrupted(doing: "initialised the parameters") }
        hasBegun = true
        guard let start = recipe.start.map({ StartingWeights($0) }) else { return }
        try start.fill(parameters, of: recipe.network)
        inputs.append(try start.input())
        if let other = try start.otherTokenizer(than: tokenizer) {
            try accept([other])
        }
    }

    /// Resumes from the newest checkpoint of the folder. Returns whether there is one.
    package func resume() throws -> Bool {
        guard let newest = checkpoints.newest() else { return false }
        let (state, manifest) = try checkpoints.read(newest, into: memory)
        let sources = corpora.all.count
        guard [0, sources].contains(state.epochs.count) else {
            throw TrainingError.file(
                newest.path, found: "a run that reads \(state.epochs.count) texts and tables",
                expected: "the recipe's \(sources)")
        }
        self.state = state
        try check(manifest, of: newest)
        hasBegun = true
        loader = BatchLoader(recipe, corpora, state)
        return true
    }

    /// Rejects a checkpoint of another run, and inputs that have changed.
    private func check(_ manifest: CheckpointManifest?, of checkpoint: URL) throws {
        guard let manifest else { return report(.unverified(checkpoint: checkpoint.path)) }
        guard manifest.recipe == recipe.substanceDigest.hex else {
            throw TrainingError.damaged(
                checkpoint.path, found: "a checkpoint of another run",
                expected: "one of this recipe")
        }
        let begunWith = manifest.inputs.first { $0.key == StartingWeights.key }
        if begunWith != nil, let start = recipe.start {
            inputs.append(try StartingWeights(start).input())
        }
        try accept(inputs.changes(since: manifest.inputs, at: state.step))
        // The run began with this content, whatever the folder contains now.
        inputs.removeAll { $0.key == StartingWeights.key }
        if let begunWith { inputs.append(begunWith) }
    }

    /// Records changes that are allowed.
    private func accept(_ changes: [InputChange]) throws {
        guard !changes.isEmpty else { return }
        guard allowsChangedInputs else { throw TrainingError.changedInputs(changes) }
        state.changes = (state.changes ?? []) + changes
    }

    /// Reports the changes that the log, cut at this step, does not contain.
    private func reportChanges() {
        let changes = (state.changes ?? []).filter { $0.step >= state.step }
        if !changes.isEmpty { report(.changedInputs(changes)) }
    }

    package func checkpoint() throws {
        try checkpoints.write(state, memory, recipe: recipe.substanceDigest, inputs: inputs)
    }

    /// Trains to the end, or until it is stopped.
    package func run() throws -> StopReason {
        let total = totalSteps
        if !hasBegun { try begin() }
        reportChanges()
        keepCopy()
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

    /// Whether validation has not improved for longer than the recipe allows.
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

    /// The number of steps. Epochs are those of the first source.
    package var totalSteps: Int {
        let byEpochs = recipe.length.epochs.map { epochs in
            let count = epochs * loader.batchesPerEpoch
            return Int((count / Double(recipe.optimiser.accumulate)).rounded(.up))
        }
        return min(recipe.length.steps ?? .max, byEpochs ?? .max)
    }
}
