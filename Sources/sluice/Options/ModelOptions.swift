import ArgumentParser
import DefaultModel
import Foundation
import Model

/// The model, and how to compute it.
struct ModelOptions: ParsableArguments {
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The model's folder (default: the shipped model).", valueName: "folder"))
    var model: String?

    @OptionGroup var kernelOptions: KernelOptions

    /// - Parameter configured: the folder in a configuration file.
    func folder(configured: String? = nil) throws(MissingDefaultModel) -> URL {
        guard let path = model ?? configured else { return try DefaultModel.folder }
        return URL(filePath: path)
    }
}
