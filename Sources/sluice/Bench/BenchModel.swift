import ArgumentParser
import Bench
import Foundation

struct BenchModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Write a model folder with random weights, to compare daemons.",
        discussion: """
            The model has a vocabulary head, a sentiment head, and a tokenizer like the shipped one.

              sluice bench model /tmp/random
              sluice bench model /tmp/random --shape gru,256,3,128,4096
              sluice bench daemon --model /tmp/random
            """)

    @Argument(help: "The folder to write.")
    var folder: String

    @Option(
        help: ArgumentHelp(
            "\(NetworkShape.format) (default: \(NetworkShape.standard)).", valueName: "shape"),
        transform: parsedShape)
    var shape = NetworkShape.standard

    func run() throws {
        try shape.writeModel(to: URL(filePath: folder))
    }
}
