import ArgumentParser
import PlainText
import Terminal
import Tokenizer
import Training

struct TokenizerEncode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode", abstract: "Print the tokens of a text.",
        discussion: """
            Prints a line for each token: its id, its offset in bytes, and its text.

              echo 'What a wonderful film.' | sluice tokenizer encode tokenizer.json
              sluice tokenizer encode tokenizer.json book.txt | cut -f1
            """)

    @Argument(help: "The tokenizer.json.") var tokenizer: String

    @Argument(help: "The text, plain or compressed with xz (default: the standard input).")
    var file = "/dev/stdin"

    func run() throws {
        let tokenizer = try BPETokenizer(contentsOf: tokenizer)
        let text = try TextFile.bytes(of: file)
        var offset = 0
        var lines: [UInt8] = []
        for token in tokenizer.tokens(of: text) {
            let shown = tokenizer.vocabulary.text(of: token.id).escapedForTerminal()
            lines += "\(token.id)\t\(offset)\t\(shown)\n".utf8
            offset += Int(token.byteCount)
            guard lines.count > 1 << 16 else { continue }
            try TextOutput.standardOutput.write(lines)
            lines.removeAll(keepingCapacity: true)
        }
        try TextOutput.standardOutput.write(lines)
    }
}
