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
            Each file is one text in UTF-8, plain or compressed with xz. Special tokens come first \
            in the vocabulary; where a text has one it is cut, and nothing is learnt of it. Then \
            come the 256 bytes, and what merging the most frequent pairs adds. The same files \
            always give the same tokenizer: that which the Python package tokenizers learns of them \
            as whole texts (`train_from_iterator`).

              sluice tokenizer train wiki.txt.xz -o tokenizer.json
              sluice tokenizer train *.txt --vocab-size 8192 -o tokenizer.json
              sluice tokenizer train a.txt --special '<s>' --special '</s>' -o t.json
            """)

    @Argument(help: "The texts.") var files: [String]

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Where to write it; it is there once it is whole, in place of a file of that name.",
            valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("How many tokens it has at most.", valueName: "number"))
    var vocabSize = 4096

    @Option(
        help: ArgumentHelp(
            "A special token, ids from 0 on; may be repeated (default: <|end|>).",
            valueName: "token"))
    var special: [String] = []

    @Option(
        help: ArgumentHelp(
            "A pair that comes less often is not merged.", valueName: "number"))
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
        return learnt + "; no other pair comes \(options.minFrequency) times"
    }
}

/// How far training is, on a terminal; Ctrl-C ends it there.
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
