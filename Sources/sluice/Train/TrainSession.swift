import Client
import Foundation
import Model
import Tokenizer
import Training

/// A training run, from reading the corpora to the last checkpoint.
struct TrainSession {
    let recipe: Recipe
    let tokenizer: any TokenizerModel
    let threads: Int
    private let interruption: Interruption
    private let display = TrainDisplay()

    init(_ recipe: Recipe, _ tokenizer: any TokenizerModel, threads: Int) throws {
        self.recipe = recipe
        self.tokenizer = tokenizer
        self.threads = threads
        interruption = try Interruption.ofSignals()
    }

    /// Reads all that a run would read, and reports errors.
    func check() throws { try load().check(recipe) }

    private func load() throws -> TrainingCorpora {
        defer { display.clear() }
        let (display, interruption) = (display, interruption)
        return try CorpusLoader(
            recipe, tokenizer: tokenizer, threads: threads,
            isStopped: { interruption.isRequested }, progress: { display.show($0) }
        ).load()
    }

    /// - Parameter bytes: the bytes of the tokenizer's file; nil for a byte tokenizer.
    func run(
        in folder: RunFolder, tokenizer bytes: Data?, allowsChangedInputs: Bool, resuming: Bool
    ) throws -> StopReason {
        defer { display.clear() }
        let corpora = try load()
        let record = RunRecord(folder, display)
        let trainer = try Trainer(
            recipe, corpora, folder: folder.url, tokenizer: bytes, threads: threads,
            allowsChangedInputs: allowsChangedInputs,
            isStopped: { interruption.isRequested || record.failure != nil },
            report: { record.add($0) })
        let resumed = resuming ? try trainer.resume() : false
        if resuming && !resumed {
            display.say("\(folder.url.path) has no checkpoint; starting a new run")
        }
        try record.begin(resumingFrom: resumed ? trainer.state : nil)
        display.begin(trainer, corpora, resumed: resumed)
        let reason = try trainer.run()
        try record.finish()
        display.say(Self.summary(trainer.state, reason, folder))
        return reason
    }

    private static func summary(
        _ state: RunState, _ reason: StopReason, _ folder: RunFolder
    ) -> String {
        switch reason {
        case .interrupted:
            return "stopped at step \(state.step); continue with --resume"
        case .finished, .early:
            let best = state.best.map { _ in ", from step \(state.bestStep)" } ?? ""
            let why = reason == .early ? "no further improvement" : "finished"
            return "\(why) at step \(state.step); the model is \(folder.model.path)\(best)"
        }
    }
}

/// Shows the events of a run, logs them and draws their curves.
private final class RunRecord {
    private let folder: RunFolder
    private let display: TrainDisplay
    private var log: RunLog?
    /// The first error of the log. It stops the run, with a checkpoint if possible.
    private(set) var failure: (any Error)?

    init(_ folder: RunFolder, _ display: TrainDisplay) {
        self.folder = folder
        self.display = display
    }

    func begin(resumingFrom state: RunState?) throws {
        log = try RunLog(folder.logFile, resumingFrom: state)
    }

    func add(_ event: RunEvent) {
        display.show(event)
        do {
            try log?.write(event)
            if case .validated = event { try draw() }
        } catch {
            failure = failure ?? error
        }
    }

    func finish() throws {
        try draw()
        if let failure { throw failure }
        display.clear()
    }

    private func draw() throws { try RunCurves.draw(folder.logFile, to: folder.curvesFile) }
}
