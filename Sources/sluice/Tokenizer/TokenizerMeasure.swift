import ArgumentParser
import Bench
import PlainText
import Terminal
import Tokenizer
import Training

struct TokenizerMeasure: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure", abstract: "Count the bytes that a token of texts has.",
        discussion: """
            Also how many different tokens a text has: those of the vocabulary that none of many \
            texts has are of no use.

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

/// How a text falls into tokens.
private struct TokenCounts {
    private let byteCount: Int
    private var tokenCount = 0
    private var isSeen: [Bool]

    init(_ text: [UInt8], _ encoder: TokenEncoder, vocabulary: Int) {
        byteCount = text.count
        isSeen = [Bool](repeating: false, count: vocabulary)
        var tokenizer = IncrementalTokenizer(encoder)
        var tokens: [Token] = []
        for start in stride(from: 0, to: text.count, by: 1 << 16) {
            let end = min(text.count, start + 1 << 16)
            tokenizer.append(text.span.extracting(start..<end), into: &tokens)
            take(&tokens)
        }
        tokenizer.finish(into: &tokens)
        take(&tokens)
    }

    private mutating func take(_ tokens: inout [Token]) {
        tokenCount += tokens.count
        for token in tokens { isSeen[Int(token.id)] = true }
        tokens.removeAll(keepingCapacity: true)
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
