package import Foundation
internal import Model

/// A run's folder:
///
///     recipe.toml      what it was begun with
///     log.jsonl        its events, a JSON object each
///     curves.svg       losses by step
///     checkpoints/     what it goes on from
///     model/           the best model so far, ready to be served
package struct RunFolder: Sendable {
    package let url: URL

    package init(_ path: String) { url = URL(filePath: path) }

    package var recipeFile: URL { url.appending(path: "recipe.toml") }
    package var logFile: URL { url.appending(path: "log.jsonl") }
    package var curvesFile: URL { url.appending(path: "curves.svg") }
    package var model: URL { url.appending(path: "model") }

    package var hasCheckpoint: Bool {
        CheckpointFolder(url.appending(path: "checkpoints"), keep: 1).newest() != nil
    }

    /// Makes the folder, if it is not there.
    package func make() throws {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw ModelError(unwritable: url, error)
        }
    }

    /// Checks that the run can go on with a recipe, if it has been begun, and that the folder will hold
    /// what the recipe writes; puts the recipe into it.
    ///
    /// - Parameter source: the recipe's own file, which is not written over.
    package func prepare(_ recipe: Recipe, from source: String) throws {
        if hasCheckpoint, FileManager.default.fileExists(atPath: recipeFile.path) {
            try recipe.checkContinues(Recipe(file: recipeFile.path), of: url.path)
        }
        try checkRoom(recipe)
        let isOwn =
            URL(filePath: source).resolvingSymlinksInPath().standardizedFileURL
            == recipeFile.resolvingSymlinksInPath().standardizedFileURL
        if isOwn {
            guard hasCheckpoint else {
                throw TrainingError.file(
                    recipeFile.path, found: "the recipe itself, which the run would write over",
                    expected: "another --output")
            }
            return
        }
        do {
            try Data(recipe.document.utf8).write(to: recipeFile)
        } catch {
            throw ModelError(unwritable: url, error)
        }
    }

    private func checkRoom(_ recipe: Recipe) throws {
        let available = try? FileManager.default.attributesOfFileSystem(forPath: url.path)[
            .systemFreeSize]
        guard let available = available as? NSNumber else { return }
        let needed = Self.bytesNeeded(recipe)
        if available.intValue < needed {
            throw TrainingError.noRoom(url.path, available: available.intValue, needed: needed)
        }
    }

    /// Parameters in checkpoints (with an optimiser's state, up to three or four times), one of which
    /// is being written while the others stand, and twice in models.
    private static func bytesNeeded(_ recipe: Recipe) -> Int {
        let parameters = recipe.network.tensors.reduce(0) { $0 + $1.count }
        let copies = recipe.optimiser.kind == .adamw ? 3 : 4
        return 4 * parameters * (copies * (recipe.checkpoints.keep + 1) + 2) + 32 << 20
    }
}
