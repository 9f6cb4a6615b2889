import ArgumentParser
import Client
import Files
import Foundation
import Terminal
import Training

struct TokenizerTrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Learn a byte-level BPE from texts.",
        discussion: """
            Each file is one text in UTF-8, plain or compressed with xz. The vocabulary has the \
            special tokens first, then the 256 bytes, then the results of merging the most \
            frequent pairs. A special token in a text divides the text and is not counted. The \
            same files always give the same tokenizer. It equals the tokenizer that \
            `train_from_iterator` of the Python package tokenizers learns from them as whole \
            texts.

              sluice tokenizer train wiki.txt.xz -o tokenizer.json
              sluice tokenizer train *.txt --vocab-size 8192 -o tokenizer.json
              sluice tokenizer train a.txt --special '<s>' --special '</s>' -o t.json
            """)

    @Argument(help: "The texts.") var files: [String]

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "File to write. It replaces a file of that name when it is complete.",
            valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("Maximum number of tokens.", valueName: "number"))
    var vocabSize = 4096

    @Option(
        help: ArgumentHelp(
            "A special token; may be repeated. Their ids start at 0 (default: <|end|>).",
            valueName: "token"))
    var special: [String] = []

    @Option(
        help: ArgumentHelp("Pairs that occur less often are not merged.", valueName: "number"))
    var minFrequency = 2

    func validate() throws {
        func place(_ path: String) -> URL {
            URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL
        }
        if let file = files.first(where: { place($0) == place(output) }) {
            throw ValidationError("--output \(output): expected another file than the text \(file)")
        }
    }

    func run() throws {
        let options = options
        try options.validate()
        let progress = try TrainingProgress()
        defer { progress.clear() }
        var summary = ""
        // Before the work, so that an output that cannot be written is reported at once.
        try OutputFile.write(output) { descriptor in
            let words = try count(options, progress)
            let trained = try train(words, options, progress)
            try TextOutput(descriptor).write(trained.json)
            summary = Self.summary(trained, words, options)
        }
        progress.clear()
        try TextOutput.standardOutput.write("\(output): \(summary)\n")
    }

    private var options: BPEOptions {
        var options = BPEOptions()
        options.vocabularySize = vocabSize
        options.minFrequency = minFrequency
        if !special.isEmpty { options.specialTokens = special }
        return options
    }

    private func count(_ options: BPEOptions, _ progress: TrainingProgress) throws -> WordCounts {
        var words = WordCounts()
        for file in files {
            try progress.show("reading \(file)")
            let text = try TextFile.utf8(of: file) { progress.isInterrupted }
            try words.add(text, cutBy: options.preTokenizer) { byteCount in
                try progress.show("reading \(file): \(Progress.bytes(Double(byteCount)))")
            }
        }
        guard words.count > 0 else {
            throw TrainingError.file(
                files.joined(separator: ", "), found: "no text", expected: "words to learn from")
        }
        return words
    }

    private func train(
        _ words: WordCounts, _ options: BPEOptions, _ progress: TrainingProgress
    ) throws -> TrainedBPE {
        try progress.show("counting the pairs of \(words.count) words")
        return try BPETrainer(words, options).train { tokens in
            try progress.show("merging: \(tokens) of \(options.vocabularySize) tokens")
        }
    }

    private static func summary(
        _ trained: TrainedBPE, _ words: WordCounts, _ options: BPEOptions
    ) -> String {
        let count = trained.tokens.count
        let learnt = "\(count) tokens, learnt from \(words.count) different words"
        guard count < options.vocabularySize else { return learnt }
        return learnt + "; no other pair occurs \(options.minFrequency) times"
    }
}

/// The progress of training on a terminal. Ctrl-C stops the training.
private final class TrainingProgress {
    private let interruption: Interruption
    private let line = ProgressLine()

    init() throws {
        interruption = try Interruption.ofSignals()
    }

    var isInterrupted: Bool { interruption.isRequested }

    func show(_ text: @autoclosure () -> String) throws {
        guard !isInterrupted else { throw ExitCode.interrupted }
        line.show(text())
    }

    func clear() { line.clear() }
}
