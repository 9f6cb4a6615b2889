import Foundation
import Model
import Randomness
import Testing

@testable import Training

/// A run that is stopped and resumed any number of times equals an uninterrupted run.
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
            ("AdamW, dropout, batches of any length", dropped, SmallCorpora.both),
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
        var random = SeededRandom(seed: 1, purpose: "stops", index)
        let stopped = try SmallRun(recipe, corpora)
        var stops = 0
        // A run polls about 60 times between its steps and 20 times in its validations.
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

    /// After kill -9, the steps since the checkpoint are repeated.
    @Test func withoutAFarewellItGoesOnFromTheNewestCheckpoint() throws {
        let whole = try SmallRun(.small)
        _ = try whole.train()
        let killed = try SmallRun(.small)
        _ = try killed.train(questions: 30)
        // Back to the checkpoint of step 25, with a log up to step 30.
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

    @Test func aCheckpointOfOtherSourcesIsRefused() throws {
        let run = try SmallRun(.smallText, SmallCorpora.text)
        _ = try run.train(questions: 5)
        var recipe = Recipe.smallText
        recipe.texts += recipe.texts
        (recipe.texts[0].lanes, recipe.texts[1].lanes) = (2, 3)
        let tokens = SmallCorpora.text.all[0].tokens
        let corpora = TrainingCorpora(
            all: [.init(tokens: tokens, lanes: 2), .init(tokens: tokens, lanes: 3)])
        let trainer = try Trainer(
            recipe, corpora, folder: run.folder.url, tokenizer: nil, threads: 1,
            isStopped: { false }, report: { _ in })
        #expect(throws: TrainingError.self) { try trainer.resume() }
    }

    @Test func aRunThatStoppedEarlyStaysSo() throws {
        var recipe = Recipe.smallText
        recipe.optimiser.learningRate = 1e-12
        recipe.length.steps = 100
        recipe.validation.every = 5
        recipe.validation.patience = 2
        let run = try SmallRun(recipe, SmallCorpora.text)
        #expect(try run.train() == .early)
        let (model, values) = (try run.modelFile, run.values)
        for _ in 0..<2 {
            #expect(try run.train(resuming: true) == .early)
            #expect(try run.modelFile == model)
            #expect(run.values == values)
        }
    }

    @Test func aStopWhileParametersAreMadeLeavesNothing() throws {
        let run = try SmallRun(.small)
        let trainer = try Trainer(
            run.recipe, run.corpora, folder: run.folder.url, tokenizer: nil, threads: 1,
            isStopped: { true }, report: { _ in })
        let error = #expect(throws: CorpusError.self) { try trainer.run() }
        #expect(error == .interrupted(doing: "initialised the parameters"))
        #expect(!run.folder.hasCheckpoint)
    }
}

/// The recipes with which a run may continue.
@Suite struct ContinuingTests {
    private static let begun: Recipe = {
        var recipe = Recipe.small
        recipe.texts[0].files = ["/data/a.txt"]
        recipe.labelled[0].files = ["/data/a.tsv"]
        return recipe
    }()

    private static func changed(_ change: (inout Recipe) -> Void) -> Recipe {
        var recipe = begun
        change(&recipe)
        return recipe
    }

    private static let others: [(key: String, recipe: Recipe)] = [
        ("seed: found the integer 7; expected the integer 1", changed { $0.seed = 7 }),
        ("network.hidden_size: ", changed { $0.network.hiddenSize = 15 }),
        ("network.cell: ", changed { $0.network.cell = .gru }),
        ("optimiser.learning_rate: ", changed { $0.optimiser.learningRate = 0.1 }),
        ("text: found an array of 2", changed { $0.texts += $0.texts }),
        ("text[0].lanes: ", changed { $0.texts[0].lanes = 6 }),
        ("text[0].files[0]: ", changed { $0.texts[0].files = ["/data/b.txt"] }),
        ("labelled[0].half: ", changed { $0.labelled[0].half = 1 }),
    ]

    @Test(arguments: others.indices) func aRunGoesOnOnlyWithItsRecipe(index: Int) throws {
        let (key, recipe) = Self.others[index]
        let error = #expect(throws: TrainingError.self) {
            try recipe.checkContinues(Self.begun, of: "runs/small")
        }
        #expect("\(try #require(error))".hasPrefix(key), "\(String(describing: error))")
    }

    @Test func whatTheRunIsNotMadeOfMayChange() throws {
        let longer = Self.changed {
            $0.length.steps = 600
            $0.validation.every = 7
            $0.checkpoints.keep = 9
            $0.card.title = "Another"
            $0.texts[0].files = ["/elsewhere/a.txt"]
        }
        try longer.checkContinues(Self.begun, of: "runs/small")
    }

    @Test func theFolderHasTheRecipeThatItsRunWasBegunWith() throws {
        let run = try SmallRun(Self.begun)
        try run.folder.prepare(Self.begun, from: "/elsewhere.toml")
        let text = try Data(contentsOf: run.folder.recipeFile)
        _ = try run.train(questions: 5)
        let other = Self.others[0].recipe
        #expect(throws: TrainingError.self) { try run.folder.prepare(other, from: "/other.toml") }
        #expect(try Data(contentsOf: run.folder.recipeFile) == text)
        try run.folder.prepare(Self.begun, from: run.folder.recipeFile.path)
    }

    @Test func aRecipeIsNotWrittenOver() throws {
        let run = try SmallRun(Self.begun)
        let own = Data("# mine\n".utf8)
        try own.write(to: run.folder.recipeFile)
        #expect(throws: TrainingError.self) {
            try run.folder.prepare(Self.begun, from: run.folder.url.path + "/./recipe.toml")
        }
        #expect(try Data(contentsOf: run.folder.recipeFile) == own)
    }

    @Test func whatIsNoCheckpointIsNotTakenForOne() throws {
        let run = try SmallRun(.small)
        for name in ["step-old", "step-", "unfinished", "step-00000001x"] {
            try FileManager.default.createDirectory(
                at: run.folder.url.appending(path: "checkpoints/\(name)"),
                withIntermediateDirectories: true)
        }
        #expect(!run.folder.hasCheckpoint)
    }

    @Test func oneTrainingAtATime() throws {
        let run = try SmallRun(.small)
        do {
            let lock = try RunLock(run.folder.url)
            #expect(throws: TrainingError.self) { _ = try RunLock(run.folder.url) }
            withExtendedLifetime(lock) {}
        }
        _ = try RunLock(run.folder.url)
    }
}
