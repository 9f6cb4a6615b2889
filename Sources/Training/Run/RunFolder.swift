package import Foundation
internal import Model

/// A run's folder:
///
///     recipe.toml      the recipe of the run
///     log.jsonl        its events, one JSON object for each
///     curves.svg       losses by step
///     checkpoints/     the newest checkpoints
///     model/           the best model so far, ready to serve
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

    package func make() throws {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw ModelError(unwritable: url, error)
        }
    }

    /// Checks that a run of the folder can continue with the recipe, and that there is enough disk
    /// space. Writes the recipe into the folder.
    ///
    /// - Parameter source: the file of the recipe, which must not be overwritten.
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
                    recipeFile.path, found: "the recipe itself, which the run would overwrite",
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

    /// An estimate of the disk space: three or four copies of the parameters in each checkpoint,
    /// including one that is being written, and two in models.
    private static func bytesNeeded(_ recipe: Recipe) -> Int {
        let parameters = recipe.network.tensors.reduce(0) { $0 + $1.count }
        let copies = recipe.optimiser.kind == .adamw ? 3 : 4
        return 4 * parameters * (copies * (recipe.checkpoints.keep + 1) + 2) + 32 << 20
    }
}
