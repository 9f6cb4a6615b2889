import ArgumentParser
import Foundation
import Model
import Terminal
import Tokenizer
import Training

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a network with a recipe.",
        discussion: """
            A recipe is a TOML file with the network, its texts, and how it learns. \
            deploy/recipes has examples, with every key explained.

              sluice train english.toml
              sluice train english.toml --resume
              sluice train english.toml --data /data/texts
              sluice train english.toml --output /data/runs/english --threads 8
              sluice train english.toml --check

            The run's folder (runs/NAME by default) has the best model so far in model/, ready for \
            sluice serve --model; the log as JSON lines, the curves of the losses as SVG, and \
            checkpoints. SIGINT and SIGTERM end the run after the step under way with a checkpoint; \
            --resume goes on from the newest one, to the same model, bit for bit, as if nothing had \
            happened. The number of threads changes no bit either. A checkpoint has digests of what \
            the run was begun with: other texts, another tokenizer and damaged checkpoints are \
            refused.
            """)

    @Argument(help: "The recipe.") var recipe: String

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The run's folder (default: runs/NAME).", valueName: "folder"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Where relative paths of texts and tables start (default: the recipe's folder).",
            valueName: "folder"))
    var data: String?

    @Flag(
        help: """
            Continue from the folder's newest checkpoint, with the recipe of its beginning; only \
            length, validation, checkpoints and card may differ. Without a checkpoint, begin.
            """)
    var resume = false

    @Flag(
        help: """
            Continue although a text, a table or the tokenizer has changed since the beginning, or \
            begin with a model that has another tokenizer. The log and the model's card record it.
            """)
    var allowChangedInputs = false

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Threads (default: one per processor).", valueName: "number"))
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Flag(help: "Check the recipe, read all its files, and exit.") var check = false

    func validate() throws {
        guard (1...1024).contains(threads) else {
            throw ValidationError("--threads \(threads): expected 1 to 1024")
        }
    }

    func run() throws {
        let reason = try train()
        if reason == .interrupted { throw ExitCode.interrupted }
    }

    private func train() throws -> StopReason? {
        let recipe = try Recipe(file: recipe, data: data)
        try RecipeFiles.check(recipe)
        let (prepared, tokenizer, bytes) = try RecipeTokenizer.resolve(recipe)
        let folder = RunFolder(output ?? "runs/\(name)")
        // A continued run has used its starting weights already.
        if let start = prepared.start, !(resume && folder.hasCheckpoint) {
            try check(StartingWeights(start), prepared, bytes)
        }
        if check {
            try TrainSession.check(prepared, tokenizer, threads: threads)
            try TextOutput.standardOutput.write("\(self.recipe): all right\n")
            return nil
        }
        try folder.make()
        let lock = try RunLock(folder.url)
        defer { withExtendedLifetime(lock) {} }
        if folder.hasCheckpoint && !resume {
            throw TrainingError.recipe(
                "\(folder.url.path): found the checkpoints of a run; expected --resume to "
                    + "continue it, or another --output")
        }
        try folder.prepare(prepared, from: self.recipe)
        let session = try TrainSession(
            prepared, folder, tokenizer: bytes, threads: threads,
            allowsChangedInputs: allowChangedInputs)
        return try session.run(tokenizer, resuming: resume)
    }

    /// Before texts are read, which can take long.
    private func check(_ start: StartingWeights, _ recipe: Recipe, _ tokenizer: Data?) throws {
        try start.check(fits: recipe.network)
        if let other = try start.otherTokenizer(than: tokenizer), !allowChangedInputs {
            throw TrainingError.changedInputs([other])
        }
    }

    /// The recipe's file without its ending.
    private var name: String {
        URL(filePath: recipe).deletingPathExtension().lastPathComponent
    }
}
