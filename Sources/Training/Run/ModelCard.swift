internal import Foundation
internal import Kernels
internal import Model

/// The card of a trained model, the README.md of its folder: network, training data, and the
/// results of validation.
struct ModelCard {
    let recipe: Recipe
    let state: RunState
    /// Nil if the recipe has no validation data.
    let result: ValidationResult?

    var text: String {
        let title = recipe.card.title.isEmpty ? "A model trained by Sluice" : recipe.card.title
        var paragraphs = ["# \(title)", "- \(network)", "- \(training)"]
        if let ngrams { paragraphs.insert("- \(ngrams)", at: 2) }
        if let figures { paragraphs.append("- \(figures)") }
        if !recipe.card.data.isEmpty { paragraphs.append("- Trained on: \(recipe.card.data)") }
        paragraphs += changes
        if !recipe.card.licence.isEmpty { paragraphs.append("- Licence: \(recipe.card.licence)") }
        return paragraphs[0] + "\n\n" + paragraphs.dropFirst().joined(separator: "\n") + "\n"
    }

    private var network: String {
        let config = recipe.network
        let kind = (config.bidirectional ? "bidirectional " : "") + config.recurrentCell.name
        let skip = config.skip == .none ? "" : ", \(config.skip.rawValue) connections"
        let parameters = config.tensors.reduce(0) { $0 + $1.count }
        return """
            \(kind), layers: \(config.layers)\(skip), hidden size \(config.hiddenSize), embedding \
            \(config.embeddingSize)\(config.tieWeights ? " tied to the vocabulary head" : ""), \
            \(config.vocabularySize) tokens; \(parameters) parameters, float32.
            """
    }

    private var ngrams: String? {
        let order = recipe.network.heads.sentimentNGrams
        guard order > 0 else { return nil }
        return "N-grams of up to \(order) tokens, counted in labelled texts, add to the sentiment."
    }

    private var training: String {
        "`sluice train`, seed \(recipe.seed): \(state.step) steps, \(state.tokens) tokens read."
    }

    private var changes: [String] {
        (state.changes ?? []).map { change in
            let name = URL(filePath: change.file).lastPathComponent
            let digests = "its digest was \(change.was.prefix(16)) and is \(change.now.prefix(16))"
            return "- From step \(change.step) on with another `\(change.key)`, \(name), than "
                + "before: \(digests)."
        }
    }

    private var figures: String? {
        guard let result else { return nil }
        let named: [(String, Double?, String)] = [
            ("%.4f bits per byte", result.bitsPerByte, ""),
            ("perplexity %.2f per token", result.perplexity, ""),
            ("sentiment right in %.2f", result.accuracy.map { 100 * $0 }, "% of the texts"),
        ]
        let found = named.compactMap { format, value, unit in
            value.map { String(format: format, $0) + unit }
        }
        return "On held-out texts: " + found.joined(separator: ", ") + "."
    }
}
