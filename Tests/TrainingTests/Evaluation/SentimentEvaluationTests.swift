import Kernels
import Model
import TestSupport
import Testing

@testable import Training

/// The sentiment of labelled texts, compared with PyTorch and NumPy.
@Suite struct SentimentEvaluationTests {
    @Test func probabilitiesAgreeWithPyTorch() throws {
        let examples = try EvaluationFixture.load().examples
        let model = try TestModel.shipped()
        let scorer = try SentimentEvaluation.scorer(of: model, kernels: Kernels(), threads: 2)
        let texts = TextTokens.all(
            examples.map { Array($0.text.utf8) }, model: model, threads: 5)
        let found = try scorer.probabilities(
            of: texts, after: texts.map { Array(1...$0.ids.count) }, EvaluationWatch())
        for (found, example) in zip(found, examples) {
            #expect(found.count == example.probabilities.count)
            for (found, expected) in zip(found, example.probabilities) {
                #expect(abs(Double(found) - expected) < 2e-5, "\(example.text)")
            }
        }
    }

    @Test func measuresAgreeWithNumPy() throws {
        let fixture = try EvaluationFixture.load()
        let model = try TestModel.shipped()
        let evaluation = try SentimentEvaluation(model, kernels: Kernels(), threads: 2)
        let measure = try evaluation.measure(
            fixture.examples.map { TextTokens(Array($0.text.utf8), model: model) },
            labels: fixture.examples.map(\.positive))
        let expected = fixture.sentiment
        #expect(abs(measure.confusion.accuracy - expected.accuracy) < 1e-9)
        #expect(abs(measure.confusion.f1 - expected.f1) < 1e-9)
        #expect(abs(measure.calibration.error - expected.calibrationError) < 1e-4)
        #expect(abs(measure.calibration.logLoss - expected.logLoss) < 1e-3)
        #expect(abs(measure.calibration.brierScore - expected.brierScore) < 1e-4)
        for (found, expected) in zip(measure.byQuarters, expected.quarters) {
            #expect(abs(found.accuracy - expected) < 1e-9)
        }
        #expect(measure.tokens == fixture.examples.reduce(0) { $0 + $1.probabilities.count })
    }

    private static let texts: [[UInt8]] = {
        var random = SeededRandom(seed: 4)
        return (0..<150).map { _ in
            (0..<Int.random(in: 1...40, using: &random)).map { _ in
                UInt8.random(in: 32...90, using: &random)
            }
        }
    }()

    private static let configs: [ModelConfig] = {
        var pooled = TestModel.config(.gru)
        pooled.heads.sentimentPooling = .gated
        return [TestModel.config(), pooled, TestModel.bidirectional()]
    }()

    @Test(arguments: configs)
    func neitherBatchesNorThreadsChangeAnything(_ config: ModelConfig) throws {
        let model = try TestModel.make(config)
        let texts = Self.texts.map { TextTokens($0, model: model) }
        func probabilities(_ texts: [TextTokens], threads: Int) throws -> [[Float]] {
            try SentimentEvaluation.scorer(of: model, kernels: Kernels(), threads: threads)
                .probabilities(
                    of: texts, after: texts.map { Set([1, $0.ids.count]).sorted() },
                    EvaluationWatch())
        }
        let all = try probabilities(texts, threads: 3)
        for (text, found) in zip(texts, all) {
            #expect(try probabilities([text], threads: 1) == [found])
        }
    }

    /// The score after some tokens equals the score of a text that ends there.
    @Test(arguments: configs) func aBeginningIsATextOfItsOwn(_ config: ModelConfig) throws {
        let model = try TestModel.make(config)
        let scorer = try SentimentEvaluation.scorer(of: model, kernels: Kernels(), threads: 2)
        for text in Self.texts.prefix(10) {
            let whole = TextTokens(text, model: model)
            let lengths = Array(1...text.count)
            let found = try scorer.probabilities(of: [whole], after: [lengths], EvaluationWatch())
            let alone = try lengths.flatMap { length in
                let beginning = TextTokens(Array(text.prefix(length)), model: model)
                return try scorer.probabilities(
                    of: [beginning], after: [[length]], EvaluationWatch())
            }
            #expect(found[0] == alone.flatMap(\.self))
            #expect(Set(found[0]).count > text.count / 2)
        }
    }

    @Test func aTextCountsWholeWhereItIsShorter() throws {
        let model = try TestModel.make()
        let evaluation = try SentimentEvaluation(model, kernels: Kernels(), threads: 1)
        let labels = Self.texts.indices.map { $0 % 3 == 0 }
        let measure = try evaluation.measure(
            Self.texts.map { TextTokens($0, model: model) }, labels: labels)
        #expect(measure.byTokens.map(\.tokens) == [1, 2, 4, 8, 16, 32, 64])
        #expect(measure.byTokens.last?.prefix.accuracy == measure.confusion.accuracy)
        #expect(measure.byQuarters.last?.accuracy == measure.confusion.accuracy)
        #expect(
            measure.byTokens.map(\.prefix.longerCount)
                == [1, 2, 4, 8, 16, 32, 64].map { step in
                    Self.texts.count { $0.count > step }
                })
    }
}
