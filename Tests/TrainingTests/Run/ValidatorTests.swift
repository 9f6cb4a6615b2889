import Foundation
import Model
import Testing

@testable import Training

/// Validation in short mini-batches with carried states, compared with whole texts in double
/// precision.
@Suite struct ValidatorTests {
    private static let lanes = 32

    @Test(arguments: ModelConfig.Cell.allCases, ModelConfig.SentimentPooling.allCases)
    func windowsChangeNothing(
        _ cell: ModelConfig.Cell, pooling: ModelConfig.SentimentPooling
    ) throws {
        var recipe = Recipe.small
        recipe.network.cell = cell
        recipe.network.heads.sentimentPooling = pooling
        recipe.length.steps = 40
        recipe.validation.every = 40
        let run = try SmallRun(recipe)
        _ = try run.train()
        let result = try #require(run.validations.last?.result)
        let trainer = try #require(run.trainer)
        let text = try #require(run.corpora.validationText)
        let nats = Self.nats(text, trainer)
        #expect(abs(try #require(result.nats) - nats) < 1e-5 * nats)
        let bits = nats / log(2)
        #expect(abs(try #require(result.perplexity) / exp(nats) - 1) < 1e-4)
        // A byte model without a start token: a token is a byte.
        #expect(abs(try #require(result.bitsPerByte) - bits) < 1e-4)
        let (loss, accuracy) = Self.sentiment(
            try #require(run.corpora.validationLabelled), trainer)
        #expect(abs(try #require(result.sentimentLoss) - loss) < 1e-5)
        #expect(result.accuracy == accuracy)
    }

    /// The validation equals the predictions of the written model.
    @Test(arguments: ModelConfig.SentimentPooling.allCases)
    func ngramsCount(_ pooling: ModelConfig.SentimentPooling) throws {
        var recipe = Recipe.small
        recipe.network.heads.sentimentPooling = pooling
        recipe.network.heads.sentimentNGrams = 3
        recipe.network.startToken = 0
        recipe.length.steps = 20
        // Only the first and the third table are counted; the second has opposite labels.
        recipe.labelled += [recipe.labelled[0], recipe.labelled[0]]
        recipe.labelled[1].ngrams = false
        let run = try SmallRun(recipe, SmallCorpora.withTables())
        _ = try run.train()
        let result = try #require(run.validations.last?.result)
        let model = try Model.load(from: run.folder.model)
        let table = try #require(model.network.ngrams)
        #expect(table.order == 3 && table.ratios.count > 30)
        #expect(!table.ratios.keys.contains { $0.tokens.contains(0) })
        let good = try #require(table.ratios[NGram("joy".utf8.map { Int32($0) })])
        #expect(good > 1)
        let texts = try #require(run.corpora.validationLabelled)
        let (own, _) = Self.sentiment(texts, try #require(run.trainer))
        let (loss, accuracy) = Self.sentiment(texts, try #require(run.trainer), table)
        #expect(loss < own)
        #expect(abs(try #require(result.sentimentLoss) - loss) < 1e-5)
        #expect(result.accuracy == accuracy)
    }

    private static func network(_ trainer: Trainer, _ shape: BatchShape) -> UnrolledNetwork<Double>
    {
        let config = trainer.recipe.network
        let parameters = ParameterSet<Double>(config: config)
        for (parameter, trained) in zip(parameters.all, trainer.parameters.all) {
            parameter.values = trained.values.map { Double($0) }
        }
        let network = UnrolledNetwork(
            config: config, parameters: parameters, shape: shape, pool: ThreadPool(threads: 1))
        network.pack()
        return network
    }

    /// All tokens of each lane as one mini-batch.
    private static func nats(_ text: TokenCorpus, _ trainer: Trainer) -> Double {
        var reader = LaneReader(text, lanes: 0..<lanes, seed: 0, startToken: nil)
        let shape = BatchShape(steps: reader.laneLength, lanes: lanes)
        var batch = MiniBatch(shape: shape)
        reader.fill(&batch)
        let network = network(trainer, shape)
        network.forward(batch)
        let loss = network.loss(batch)
        return loss.tokens / Double(loss.tokenCount)
    }

    /// Each text separately.
    private static func sentiment(
        _ texts: TokenCorpus, _ trainer: Trainer, _ ngrams: SentimentNGrams? = nil
    ) -> (loss: Double, accuracy: Double) {
        var (loss, right) = (0.0, 0)
        for text in 0..<texts.count {
            let tokens = texts.tokens[texts.range(of: text)]
            let isBegun = trainer.recipe.network.startToken != nil
            let shape = BatchShape(steps: tokens.count, lanes: 1)
            var batch = MiniBatch(shape: shape)
            batch.tokens = Array(tokens)
            batch.starts[0] = true
            let last = tokens.count - 1
            let positive = texts.labels[text] ?? 0.5
            batch.sentiments = [
                SentimentTarget(row: last, firstRow: 0, positive: positive, weight: 1)
            ]
            let network = network(trainer, shape)
            network.forward(batch)
            let own = isBegun ? tokens.dropFirst() : tokens
            let logit = network.sentimentLogits(batch)[0] + counted(own, ngrams)
            let probability = 1 / (1 + exp(-logit))
            loss -= positive * log(probability) + (1 - positive) * log(1 - probability)
            if (probability > 0.5) == (positive > 0.5) { right += 1 }
        }
        return (loss / Double(texts.count), Double(right) / Double(texts.count))
    }

    /// All n-grams of a text, by length.
    private static func counted(_ tokens: ArraySlice<Int32>, _ ngrams: SentimentNGrams?) -> Double {
        guard let ngrams else { return 0 }
        let text = Array(tokens)
        var sum = 0.0
        for size in 1...ngrams.order where size <= text.count {
            for first in 0...text.count - size {
                sum += Double(ngrams.ratios[NGram(text[first..<first + size])] ?? 0)
            }
        }
        let count = Double(text.count)
        return sum / count.squareRoot() + Double(ngrams.intercept) * count / (count + 10)
    }
}
