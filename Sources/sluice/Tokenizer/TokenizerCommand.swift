import ArgumentParser

struct TokenizerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenizer",
        abstract: "Train a tokenizer, measure it, and print the tokens of texts.",
        discussion: """
            A tokenizer.json is a byte-level BPE in the format of Hugging Face's tokenizers.

              sluice tokenizer train books.txt wiki.txt.xz --vocab-size 4096 -o tokenizer.json
              sluice tokenizer measure tokenizer.json books.txt wiki.txt.xz
              echo 'What a wonderful film.' | sluice tokenizer encode tokenizer.json
            """,
        subcommands: [TokenizerTrain.self, TokenizerMeasure.self, TokenizerEncode.self])
}
