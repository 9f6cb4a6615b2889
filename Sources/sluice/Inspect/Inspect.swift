import ArgumentParser
import DefaultModel
import Foundation
import Model
import Terminal

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Describe a model.",
        discussion: """
            Reads and checks a whole model folder, as `serve` does. Prints its layers, tensors \
            and parameters, the size of a stream's state, and its fingerprint.

              sluice inspect                                    the shipped model
              sluice inspect models/english
              sluice inspect --json models/english | jq .fingerprint
            """)

    @Argument(help: "The model's folder (default: the shipped model).")
    var model: String?

    @Flag(help: "Print a JSON object instead of tables.")
    var json = false

    func run() throws {
        let folder = try model.map { URL(filePath: $0) } ?? DefaultModel.folder
        let report = InspectReport(try Model.load(from: folder))
        try TextOutput.standardOutput.write(json ? report.json() : report.text)
    }
}
