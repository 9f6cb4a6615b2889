import Foundation
import Model
import Randomness

@testable import Training

/// A run of a few units on a few sentences, in a temporary folder.
final class SmallRun {
    let recipe: Recipe
    let corpora: TrainingCorpora
    let folder: RunFolder
    private(set) var events: [RunEvent] = []
    private(set) var trainer: Trainer?
    /// Receives each event with the run's trainer.
    var watch: (RunEvent, Trainer) -> Void = { _, _ in }

    init(_ recipe: Recipe, _ corpora: TrainingCorpora = SmallCorpora.both) throws {
        self.recipe = recipe
        var corpora = corpora
        try corpora.countNGrams(recipe)
        self.corpora = corpora
        folder = RunFolder(NSTemporaryDirectory() + "/sluice-run-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder.url) }

    /// Trains as `sluice train` does. `questions` is the number of polls before the run is stopped.
    func train(
        threads: Int = 1, resuming: Bool = false, questions: Int = .max,
        recipe: Recipe? = nil, inputs: [RunInput] = [], tokenizer: Data? = nil,
        allowsChangedInputs: Bool = false
    ) throws -> StopReason {
        var corpora = corpora
        corpora.inputs = inputs
        var (asked, log, failure) = (0, RunLog?.none, (any Error)?.none)
        let trainer = try Trainer(
            recipe ?? self.recipe, corpora, folder: folder.url, tokenizer: tokenizer,
            threads: threads, allowsChangedInputs: allowsChangedInputs,
            isStopped: { [unowned self] in
                guard self.trainer?.hasBegun == true else { return false }
                asked += 1
                return asked > questions
            },
            report: { [unowned self] event in
                events.append(event)
                if let trainer = self.trainer { watch(event, trainer) }
                do { try log?.write(event) } catch { failure = error }
            })
        self.trainer = trainer
        let resumed = resuming ? try trainer.resume() : false
        log = try RunLog(folder.logFile, resumingFrom: resumed ? trainer.state : nil)
        let reason = try trainer.run()
        if let failure { throw failure }
        return reason
    }

    /// The current parameters.
    var values: [[Float]] { trainer?.parameters.all.map(\.values) ?? [] }

    /// The weights in the run's model folder.
    var modelFile: Data {
        get throws { try Data(contentsOf: folder.model.appending(path: "model.safetensors")) }
    }

    /// Nil if the network has no n-grams.
    var ngramFile: Data? { try? Data(contentsOf: folder.model.appending(path: "ngrams.tsv")) }

    /// The log without times.
    var log: [String] {
        get throws {
            try RunLog.lines(of: folder.logFile).map { line in
                line.text.replacing(/,"(cpu_)?seconds":[-0-9.e+]+/, with: "")
            }
        }
    }

    var validations: [(step: Int, result: ValidationResult, isBest: Bool)] {
        events.compactMap {
            if case .validated(let step, let result, let isBest) = $0 {
                (step, result, isBest)
            } else {
                nil
            }
        }
    }

    var steps: [StepReport] {
        events.compactMap { if case .step(let report) = $0 { report } else { nil } }
    }
}

extension Recipe {
    /// Reads `SmallCorpora.both`: 60 steps, validated every 20.
    static var small: Recipe {
        var recipe = Recipe()
        recipe.network = ModelConfig(
            cell: .lstm, layers: 2, embeddingSize: 16, hiddenSize: 16, vocabularySize: 256)
        recipe.network.heads = .init(next: true, sentiment: true)
        var (text, labelled) = (TextSource(), LabelledSource())
        (text.lanes, labelled.lanes) = (5, 3)
        (recipe.texts, recipe.labelled) = ([text], [labelled])
        recipe.window.steps = 12
        recipe.initialisation.embedding = 1
        recipe.optimiser.learningRate = 0.05
        recipe.length.steps = 60
        recipe.validation.every = 20
        recipe.checkpoints.every = 25
        return recipe
    }

    /// Reads `SmallCorpora.text`.
    static var smallText: Recipe {
        var recipe = small
        recipe.labelled = []
        recipe.network.heads.sentiment = false
        return recipe
    }
}

/// Sentences of a few words, some positive and some negative.
enum SmallCorpora {
    static let text = TrainingCorpora(
        all: [.init(tokens: sentences(100, seed: 1), lanes: 5)],
        validationText: sentences(120, seed: 2))

    static let both = TrainingCorpora(
        all: [
            .init(tokens: sentences(100, seed: 1), lanes: 5),
            .init(tokens: sentences(30, seed: 3, labelled: true), lanes: 3),
        ],
        validationText: sentences(120, seed: 2),
        validationLabelled: sentences(20, seed: 4, labelled: true))

    /// One text and three tables, all with start token 0. The labels of the second table are
    /// swapped.
    static func withTables() -> TrainingCorpora {
        var tables = [UInt64(3), 5, 6].map {
            sentences(30, seed: $0, labelled: true, startToken: 0)
        }
        tables[1] = sentences(90, seed: 7, labelled: true, startToken: 0, isContrary: true)
        return TrainingCorpora(
            all: [.init(tokens: sentences(100, seed: 1, startToken: 0), lanes: 5)]
                + tables.map { .init(tokens: $0, lanes: 3) },
            validationText: sentences(120, seed: 2, startToken: 0),
            validationLabelled: sentences(20, seed: 4, labelled: true, startToken: 0))
    }

    static let messages = TrainingCorpora(
        all: [.init(tokens: sentences(30, seed: 3, labelled: true), lanes: 4)],
        validationLabelled: sentences(20, seed: 4, labelled: true))

    private static func sentences(
        _ count: Int, seed: UInt64, labelled: Bool = false, startToken: Int32? = nil,
        isContrary: Bool = false
    ) -> TokenCorpus {
        var random = SeededRandom(seed: seed, purpose: "sentences")
        var corpus = TokenCorpus()
        for _ in 0..<count {
            let isGood = Bool.random(using: &random)
            let words =
                ["the boat ", "the lock ", "a gate "].randomElement(using: &random)!
                + (isGood ? "is a joy" : "is dull") + (Bool.random(using: &random) ? "." : "!")
            corpus.append(
                words.utf8.map { Int32($0) }, startToken: startToken, byteCount: words.utf8.count,
                label: labelled ? (isGood != isContrary ? 1 : 0) : nil)
        }
        return corpus
    }
}
