import Foundation
import Model
import Testing

@testable import Training

@Suite struct ModelCardTests {
    @Test func theCardSaysWhatTheModelIsAndWasTrainedOn() {
        var recipe = Recipe()
        recipe.card.title = "Tides"
        recipe.card.data = "a diary (public domain)"
        recipe.card.licence = "CC0"
        recipe.network.tieWeights = true
        var state = RunState()
        state.step = 120
        state.tokens = 5000
        var result = ValidationResult()
        result.bitsPerByte = 1.5
        result.accuracy = 0.25
        let text = ModelCard(recipe: recipe, state: state, result: result).text
        for words in [
            "# Tides\n", "LSTM, layers: 1", "tied", "256 tokens", "120 steps, 5000 tokens",
            "1.5000 bits per byte", "25.00% of the texts", "a diary (public domain)", "CC0",
        ] {
            #expect(text.contains(words), "\(words)")
        }
        #expect(!text.contains("perplexity"))
    }

    @Test func aRunLeavesItBesideTheWeightsAndNothingUnfinished() throws {
        var recipe = Recipe.small
        recipe.length.steps = 2
        let run = try SmallRun(recipe)
        _ = try run.train()
        let files = try FileManager.default.contentsOfDirectory(atPath: run.folder.model.path)
        #expect(Set(files) == ["README.md", "config.json", "model.safetensors"])
        let card = try String(
            contentsOf: run.folder.model.appending(path: "README.md"), encoding: .utf8)
        #expect(card.contains("2 steps"))
    }
}
