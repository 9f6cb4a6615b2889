import ArgumentParser
import Bench
import PlainText
import Terminal
import Tokenizer
import Training

struct TokenizerMeasure: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure", abstract: "Measure the bytes per token of texts.",
        discussion: """
            Also counts the different tokens of each text. Tokens of the vocabulary that do not \
            occur in a large collection of texts are useless.

              sluice tokenizer measure tokenizer.json wiki.valid.txt.xz
            """)

    @Argument(help: "The tokenizer.json.") var tokenizer: String
    @Argument(help: "The texts, plain or compressed with xz.") var files: [String]

    func run() throws {
        let tokenizer = try BPETokenizer(contentsOf: tokenizer)
        let encoder = tokenizer.makeEncoder()
        let table = TextTable(
            ["       bytes", "      tokens", "bytes/token", "different", "file"])
        try TextOutput.standardOutput.write(table.header + "\n")
        for file in files {
            let text = try TextFile.bytes(of: file)
            let counts = TokenCounts(text, encoder, vocabulary: tokenizer.vocabulary.count)
            let row = table.row(counts.cells + [file.escapedForTerminal()])
            try TextOutput.standardOutput.write(row + "\n")
        }
    }
}

/// The numbers of bytes, tokens and different tokens of a text.
private struct TokenCounts {
    private let byteCount: Int
    private var tokenCount = 0
    private var isSeen: [Bool]

    init(_ text: [UInt8], _ encoder: TokenEncoder, vocabulary: Int) {
        byteCount = text.count
        isSeen = [Bool](repeating: false, count: vocabulary)
        encoder.tokenise(text.span) { tokens in
            tokenCount += tokens.count
            for token in tokens { isSeen[Int(token.id)] = true }
        }
    }

    var cells: [String] {
        let rate =
            tokenCount == 0 ? 0 : Int((Double(byteCount) / Double(tokenCount) * 1000).rounded())
        let thousandths = "\(1000 + rate % 1000)".dropFirst()
        return [
            "\(byteCount)", "\(tokenCount)", "\(rate / 1000).\(thousandths)",
            "\(isSeen.count { $0 })",
        ]
    }
}
