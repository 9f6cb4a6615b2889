import ArgumentParser
import DefaultModel
import Foundation
import Model
import Terminal

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a model is.",
        discussion: """
            Reads and checks a whole model folder, as serving does, and prints its layers, tensors, \
            parameters, the state that a stream takes, and its fingerprint.

              sluice inspect                                    the shipped model
              sluice inspect models/english
              sluice inspect --json models/english | jq .fingerprint
            """)

    @Argument(help: "The model's folder (default: the shipped model).")
    var model: String?

    @Flag(help: "One JSON object.")
    var json = false

    func run() throws {
        let folder = try model.map { URL(filePath: $0) } ?? DefaultModel.folder
        let report = InspectReport(try Model.load(from: folder))
        try TextOutput.standardOutput.write(json ? report.json() : report.text)
    }
}
