import ArgumentParser
import Foundation
import Kernels

/// The instruction set of the kernels.
struct KernelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Instruction set: \(KernelTier.available.map(\.rawValue).joined(separator: ", ")) \
            (default: the fastest, or $SLUICE_KERNEL_TIER). Results do not depend on it.
            """, valueName: "tier"), transform: parsedKernelTier)
    var kernelTier: KernelTier?

    /// The flag overrides the environment; nil where neither names a tier.
    func requestedTier() throws(KernelError) -> KernelTier? {
        if let kernelTier { return kernelTier }
        let name = ProcessInfo.processInfo.environment["SLUICE_KERNEL_TIER"] ?? ""
        return name.isEmpty ? nil : try .selected(by: name)
    }

    func kernels() throws(KernelError) -> Kernels { try Kernels(tier: requestedTier() ?? .best) }
}
