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
            A recipe is a TOML file that describes the network, its texts and the training. \
            deploy/recipes has examples with every key explained.

              sluice train english.toml
              sluice train english.toml --resume
              sluice train english.toml --data /data/texts
              sluice train english.toml --output /data/runs/english --threads 8
              sluice train english.toml --check

            The run's folder, runs/NAME by default, receives the best model so far in model/, \
            ready for sluice serve --model; the log as JSON lines; the losses by step as SVG; and \
            checkpoints. SIGINT and SIGTERM stop the run after the current step and write a \
            checkpoint. --resume continues from the newest checkpoint. The model has the same \
            bits as that of an uninterrupted run, with any number of threads. A checkpoint \
            contains digests of the run's inputs: changed texts, another tokenizer and a damaged \
            checkpoint are refused.
            """)

    @Argument(help: "The recipe's file.") var recipe: String

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The run's folder (default: runs/NAME).", valueName: "folder"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Folder of relative paths of texts and tables (default: the recipe's folder).",
            valueName: "folder"))
    var data: String?

    @Flag(
        help: """
            Continue from the folder's newest checkpoint. Compared with the recipe that started the \
            run, only length, validation, checkpoints and card may differ. Without a checkpoint, \
            start a new run.
            """)
    var resume = false

    @Flag(
        help: """
            Continue although a text, a table or the tokenizer has changed since the run started, or \
            start from a model with another tokenizer. The log and the model card record it.
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
            try TrainSession(prepared, tokenizer, threads: threads).check()
            try TextOutput.standardOutput.write("\(self.recipe): no errors\n")
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
        return try TrainSession(prepared, tokenizer, threads: threads).run(
            in: folder, tokenizer: bytes, allowsChangedInputs: allowChangedInputs,
            resuming: resume)
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
