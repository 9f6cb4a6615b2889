import Foundation
import Model
import Testing

@testable import Training

/// A run that is stopped and resumed, however often, is the run that was not.
@Suite struct ResumingTests {
    static let recipes: [(name: String, recipe: Recipe, corpora: TrainingCorpora)] = {
        var dropped = Recipe.small
        dropped.dropout.between = 0.2
        dropped.dropout.weight = 0.2
        dropped.dropout.embedding = 0.1
        dropped.window.jitter = 2
        dropped.optimiser.accumulate = 2
        dropped.schedule.warmup = 10
        dropped.network.startToken = 0
        var pooled = Recipe.small
        pooled.network.heads.sentimentPooling = .gated
        pooled.network.heads.sentimentNGrams = 3
        pooled.optimiser.sentimentRate = 3
        return [
            ("pooled sentiment", pooled, SmallCorpora.both),
            ("AdamW, dropout, windows of any length", dropped, SmallCorpora.both),
            ("averaged SGD", .averaging, SmallCorpora.text),
            ("whole texts", .messages, SmallCorpora.messages),
        ]
    }()

    @Test(arguments: recipes.indices) func stoppedAndResumedItIsTheSame(index: Int) throws {
        let (_, recipe, corpora) = Self.recipes[index]
        let whole = try SmallRun(recipe, corpora)
        #expect(try whole.train() == .finished)
        let (model, log) = (try whole.modelFile, try whole.log)
        #expect(log.count { $0.contains("\"step\"") } > 8)
        for seed in 1...2 as ClosedRange<UInt64> {
            var random = SeededRandom(seed: seed, purpose: "stops")
            let stopped = try SmallRun(recipe, corpora)
            var stops = 0
            // A run asks about 60 times between its steps and 20 times in its validations.
            while try stopped.train(
                threads: Int.random(in: 1...3, using: &random), resuming: stops > 0,
                questions: Int.random(in: 0...40, using: &random)) == .interrupted
            {
                stops += 1
                try #require(stops < 100)
            }
            #expect(stops > 0)
            #expect(stopped.values == whole.values)
            #expect(try stopped.modelFile == model)
            #expect(stopped.ngramFile == whole.ngramFile)
            #expect(try stopped.log == log)
        }
    }

    /// As after kill -9: what was done since the checkpoint is done again.
    @Test func withoutAFarewellItGoesOnFromTheNewestCheckpoint() throws {
        let whole = try SmallRun(.small)
        _ = try whole.train()
        let killed = try SmallRun(.small)
        _ = try killed.train(questions: 30)
        // Back to the checkpoint of step 25, with a log that goes on to step 30.
        let checkpoints = killed.folder.url.appending(path: "checkpoints")
        let names = try FileManager.default.contentsOfDirectory(atPath: checkpoints.path).sorted()
        try #require(names.count == 2 && names[0] == "step-000000025")
        try FileManager.default.removeItem(at: checkpoints.appending(path: names[1]))
        try FileManager.default.createDirectory(
            at: checkpoints.appending(path: "unfinished"), withIntermediateDirectories: true)
        #expect(try killed.train(resuming: true) == .finished)
        #expect(killed.values == whole.values)
        #expect(try killed.log == whole.log)
    }

    @Test func aFinishedRunStaysFinished() throws {
        let run = try SmallRun(.small)
        _ = try run.train()
        let (values, log) = (run.values, try run.log)
        #expect(try run.train(resuming: true) == .finished)
        #expect(run.values == values)
        #expect(try run.log == log)
    }

    @Test(arguments: [1, 2]) func soManyCheckpointsAreKept(_ keep: Int) throws {
        var recipe = Recipe.small
        recipe.checkpoints.every = 7
        recipe.checkpoints.keep = keep
        let run = try SmallRun(recipe)
        _ = try run.train()
        let folder = run.folder.url.appending(path: "checkpoints")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == ["step-000000056", "step-000000060"].suffix(keep))
    }

    @Test func aCheckpointOfAnotherNetworkIsRefused() throws {
        let run = try SmallRun(.small)
        _ = try run.train(questions: 5)
        var other = Recipe.small
        other.network.hiddenSize = 20
        let trainer = try Trainer(
            other, SmallCorpora.both, folder: run.folder.url, tokenizer: nil, threads: 1,
            isStopped: { false }, report: { _ in })
        #expect(throws: (any Error).self) { try trainer.resume() }
    }
}
