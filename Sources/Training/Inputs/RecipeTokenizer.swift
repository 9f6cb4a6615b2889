internal import Digests
package import Foundation
internal import Model
package import Tokenizer

/// Loads the tokenizer of a recipe.
package enum RecipeTokenizer {
    /// The recipe, completed with the kind and the size of the tokenizer; the tokenizer; and the
    /// bytes of its file, nil for a byte tokenizer.
    ///
    /// - Throws: `TokenizerError`; `TrainingError` if the start token or the separator does not
    ///   fit.
    package static func resolve(
        _ recipe: Recipe
    ) throws -> (Recipe, any TokenizerModel, bytes: Data?) {
        var recipe = recipe
        var tokenizer: any TokenizerModel = ByteTokenizer()
        var bytes: Data?
        recipe.network.tokenizer = .bytes
        if let path = recipe.tokenizer {
            let file = try BPETokenizer.bytes(of: path)
            tokenizer = try BPETokenizer(json: file, name: path)
            bytes = Data(file)
            recipe.network.tokenizer = .bpe
        }
        recipe.network.vocabularySize = tokenizer.vocabulary.count
        if let token = recipe.network.startToken, token >= recipe.network.vocabularySize {
            throw TrainingError.recipe(
                "network.start_token: found \(token); expected one of the tokenizer's "
                    + "\(recipe.network.vocabularySize) tokens")
        }
        try checkJoined(recipe, tokenizer)
        return (recipe, tokenizer, bytes)
    }

    /// Joined texts begin with the separator instead of the start token, so both must be one token.
    private static func checkJoined(
        _ recipe: Recipe, _ tokenizer: any TokenizerModel
    ) throws(TrainingError) {
        guard recipe.labelled.contains(where: { $0.joined > 0 }) else { return }
        let count = tokenizer.encode(Array(recipe.network.separator.utf8)).count
        guard recipe.network.startToken != nil, count == 1 else {
            throw .recipe(
                "labelled.joined: needs network.start_token and a network.separator of one token; "
                    + "found one of \(count)")
        }
    }
}

extension Recipe {
    /// The tokenizer as an input of the run; empty for bytes.
    func tokenizerInput(_ bytes: Data?) -> [RunInput] {
        guard let bytes else { return [] }
        return [RunInput(key: "tokenizer", file: tokenizer ?? "", digest: Digest(of: Array(bytes)))]
    }
}
