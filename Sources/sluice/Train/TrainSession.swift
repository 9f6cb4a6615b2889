import Client
import Foundation
import Model
import Tokenizer
import Training

/// A training run, from reading the corpora to the last checkpoint.
struct TrainSession {
    private let recipe: Recipe
    private let folder: RunFolder
    private let tokenizer: Data?
    private let threads: Int
    private let allowsChangedInputs: Bool
    private let interruption: Interruption
    private let display: TrainDisplay

    init(
        _ recipe: Recipe, _ folder: RunFolder, tokenizer: Data?, threads: Int,
        allowsChangedInputs: Bool
    ) throws {
        self.recipe = recipe
        self.folder = folder
        self.tokenizer = tokenizer
        self.threads = threads
        self.allowsChangedInputs = allowsChangedInputs
        interruption = try Interruption()
        display = TrainDisplay()
    }

    /// Reads all that a run would read, and reports errors.
    static func check(_ recipe: Recipe, _ model: any TokenizerModel, threads: Int) throws {
        let interruption = try Interruption()
        try load(recipe, model, threads: threads, interruption, TrainDisplay()).check(recipe)
    }

    private static func load(
        _ recipe: Recipe, _ model: any TokenizerModel, threads: Int, _ interruption: Interruption,
        _ display: TrainDisplay
    ) throws -> TrainingCorpora {
        interruption.catchSignals()
        defer { display.clear() }
        let loader = CorpusLoader(
            recipe, tokenizer: model, threads: threads,
            isStopped: { interruption.isRequested },
            progress: { display.show($0) })
        return try loader.load()
    }

    func run(_ model: any TokenizerModel, resuming: Bool) throws -> StopReason {
        defer { display.clear() }
        let display = display
        let interruption = interruption
        let corpora = try Self.load(recipe, model, threads: threads, interruption, display)
        var log: RunLog?
        var failure: (any Error)?
        let trainer = try Trainer(
            recipe, corpora, folder: folder.url, tokenizer: tokenizer, threads: threads,
            allowsChangedInputs: allowsChangedInputs,
            isStopped: { interruption.isRequested || failure != nil },
            report: { event in
                display.show(event)
                do {
                    try log?.write(event)
                    if case .validated = event {
                        try RunCurves.draw(folder.logFile, to: folder.curvesFile)
                    }
                } catch {
                    // A log that cannot be written stops the run, with a checkpoint if possible.
                    failure = failure ?? error
                }
            })
        let resumed = resuming ? try trainer.resume() : false
        if resuming && !resumed {
            display.say("\(folder.url.path) has no checkpoint; the run begins anew")
        }
        log = try RunLog(folder.logFile, resumingFrom: resumed ? trainer.state : nil)
        display.begin(trainer, corpora, resumed: resumed)
        let reason = try trainer.run()
        try RunCurves.draw(folder.logFile, to: folder.curvesFile)
        if let failure { throw failure }
        display.clear()
        display.say(summary(trainer, reason))
        return reason
    }

    private func summary(_ trainer: Trainer, _ reason: StopReason) -> String {
        let state = trainer.state
        switch reason {
        case .interrupted:
            return "stopped at step \(state.step); go on with --resume"
        case .finished, .early:
            let best = state.best.map { _ in ", the best of step \(state.bestStep)" } ?? ""
            let why = reason == .early ? "no more improvement" : "done"
            return "\(why) at step \(state.step); the model is \(folder.model.path)\(best)"
        }
    }
}
