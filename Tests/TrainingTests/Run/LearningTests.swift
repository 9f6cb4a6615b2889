import Foundation
import Kernels
import Model
import Testing

@testable import Training

/// The results of complete runs.
@Suite struct LearningTests {
    /// A uniform prediction costs ln 256 = 5.5 nats; the entropy of the sentences is 0.15.
    @Test(arguments: ModelConfig.Cell.allCases)
    func everyCellLearns(_ cell: ModelConfig.Cell) throws {
        var recipe = Recipe.small
        recipe.network.cell = cell
        recipe.length.steps = 150
        let run = try SmallRun(recipe)
        #expect(try run.train() == .finished)
        let last = try #require(run.validations.last)
        #expect(last.step == 150)
        #expect(try #require(last.result.nats) < 0.9)
        #expect(try #require(last.result.accuracy) == 1)
        let first = try #require(run.steps.first?.loss)
        #expect(first.tokens / Double(first.tokenCount) > 5)
        #expect(run.steps.last?.tokens == Self.tokens(of: SmallCorpora.both, batches: 150, of: 12))
    }

    /// If a lane ends within a mini-batch, the padding is not counted as tokens.
    private static func tokens(
        of corpora: TrainingCorpora, batches: Int, of steps: Int
    ) -> Int {
        corpora.all.reduce(0) { sum, corpus in
            let length = corpus.tokens.tokens.count / corpus.lanes
            let (epochs, rest) = batches.quotientAndRemainder(
                dividingBy: (length + steps - 1) / steps)
            return sum + corpus.lanes * (epochs * length + min(rest * steps, length))
        }
    }

    @Test func aBidirectionalClassifierLearns() throws {
        let run = try SmallRun(.messages, SmallCorpora.messages)
        #expect(try run.train() == .finished)
        #expect(try #require(run.validations.last?.result.accuracy) == 1)
    }

    /// Serving the folder of a run gives what the trainer computes.
    @Test(arguments: ModelConfig.Cell.allCases, ModelConfig.SentimentPooling.allCases)
    func theModelServesWhatWasTrained(
        _ cell: ModelConfig.Cell, pooling: ModelConfig.SentimentPooling
    ) throws {
        var recipe = Recipe.small
        recipe.network.cell = cell
        recipe.network.heads.sentimentPooling = pooling
        // One validation, so that the best model is the last.
        recipe.validation.every = 60
        let run = try SmallRun(recipe)
        _ = try run.train()
        let parameters = try #require(run.trainer?.parameters)
        #expect(run.validations.map(\.isBest) == [true])
        let tokens = "the gate is a joy.".utf8.map { Int32($0) }
        let batch = Self.batch(tokens)
        let network = UnrolledNetwork(
            config: recipe.network, parameters: parameters, shape: batch.shape,
            pool: ThreadPool(threads: 1))
        network.pack()
        network.forward(batch)

        #expect(recipe.network.startToken == nil)
        let (nats, sentiments) = try Self.served(tokens, by: Model.load(from: run.folder.model))
        let loss = network.loss(batch)
        #expect(loss.tokenCount == tokens.count - 1)
        #expect(abs(loss.tokens - nats) < 1e-5 * nats, "\(loss.tokens), served \(nats)")
        for (trained, served) in zip(network.sentimentLogits(batch), sentiments) {
            #expect(abs(trained - served) < 1e-5 * (1 + abs(trained)))
        }
    }

    /// A next-token target after each token but the last, and a sentiment target after each.
    private static func batch(_ tokens: [Int32]) -> MiniBatch {
        var batch = MiniBatch(shape: BatchShape(steps: tokens.count, lanes: 1))
        batch.tokens = tokens
        batch.targets = tokens[1...] + [-1]
        batch.sentiments = tokens.indices.map {
            SentimentTarget(row: $0, firstRow: $0, positive: 1, weight: 1)
        }
        return batch
    }

    /// The sum of the next-token losses, in nats, and the sentiment logits, as the daemon computes
    /// them.
    private static func served(_ tokens: [Int32], by model: Model) throws -> (Double, [Double]) {
        let runner = NetworkRunner(
            network: model.network, kernels: try Kernels(tier: .best), maxBatch: 1)
        var states = try StateSlab(layout: model.network.stateLayout, capacity: 1)
        states.zero(slot: 0)
        var pool = SentimentPool()
        var (nats, sentiments) = (0.0, [Double]())
        for (step, token) in tokens.enumerated() {
            runner.advance(tokens: [token], slots: [0], states: &states)
            var readings: [SentimentReading] = []
            runner.readSentiment(slots: [0], states: states, into: &readings)
            pool.add(readings[0], token: token, of: model.network)
            sentiments.append(Double(pool.logit(readings[0], of: model.network)))
            guard step + 1 < tokens.count else { break }
            let logits = runner.logits(slot: 0, states: states).map { Double($0) }
            nats += log(logits.reduce(0) { $0 + exp($1) }) - logits[Int(tokens[step + 1])]
        }
        return (nats, sentiments)
    }

    /// Epochs count actual mini-batches: the last one of a lane may be short, as may whole texts.
    @Test func epochsAreWhatTheLogSaysTheyAre() throws {
        for (var recipe, corpora) in [
            (Recipe.messages, SmallCorpora.messages), (.smallText, SmallCorpora.text),
        ] {
            recipe.length.steps = nil
            recipe.length.epochs = 3
            let run = try SmallRun(recipe, corpora)
            #expect(try run.train() == .finished)
            let epoch = try #require(run.steps.last?.epoch)
            #expect(abs(epoch - 3) < 1e-9, "\(epoch)")
        }
    }
}

extension Recipe {
    /// Reads `SmallCorpora.messages`.
    static var messages: Recipe {
        var recipe = small
        recipe.network.bidirectional = true
        recipe.network.tieWeights = false
        recipe.network.heads.next = false
        recipe.texts = []
        recipe.labelled[0].lanes = 4
        recipe.window.steps = 32
        recipe.window.wholeTexts = true
        return recipe
    }
}
