import ArgumentParser
import DefaultModel
import Foundation
import Kernels
import Model

/// The model, and how to compute it.
struct ModelOptions: ParsableArguments {
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The model's folder (default: the shipped model).", valueName: "folder"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            """
            Instruction set: \(KernelTier.available.map(\.rawValue).joined(separator: ", ")) \
            (default: the fastest, or $SLUICE_KERNEL_TIER). Results do not depend on it.
            """, valueName: "tier"), transform: parsedKernelTier)
    var kernelTier: KernelTier?

    /// - Parameter configured: the folder in a configuration file.
    func folder(configured: String? = nil) throws(MissingDefaultModel) -> URL {
        guard let path = model ?? configured else { return try DefaultModel.folder }
        return URL(filePath: path)
    }

    /// The flag overrides the environment; nil where neither names a tier.
    func requestedTier() throws(KernelError) -> KernelTier? {
        if let kernelTier { return kernelTier }
        let name = ProcessInfo.processInfo.environment["SLUICE_KERNEL_TIER"] ?? ""
        return name.isEmpty ? nil : try .selected(by: name)
    }
}
