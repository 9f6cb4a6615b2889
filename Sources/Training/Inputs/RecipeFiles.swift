internal import Foundation

/// Checks the files of a recipe before the run begins.
package enum RecipeFiles {
    /// - Throws: `CorpusError.missing` for the first that cannot be read.
    package static func check(_ recipe: Recipe) throws(CorpusError) {
        let texts = (recipe.texts + recipe.validation.texts).flatMap(\.files)
        let tables = (recipe.labelled + recipe.validation.labelled).flatMap(\.files)
        let start = recipe.start.map { ["\($0)/config.json", "\($0)/model.safetensors"] } ?? []
        let missing = "there is no such file, or it is not readable"
        for file in start where !FileManager.default.isReadableFile(atPath: file) {
            throw .missing(file: file, reason: missing)
        }
        for file in texts + tables where !FileManager.default.isReadableFile(atPath: file) {
            throw .missing(file: file, reason: missing + "; --data gives the folder of texts")
        }
    }
}
