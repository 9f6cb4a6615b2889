import Kernels

/// The instruction set that the network is computed with.
struct KernelChoice: Equatable, Sendable {
    /// Nil for the best one.
    var configured: KernelTier?
    var available: [KernelTier]

    init(configured: KernelTier?, available: [KernelTier] = KernelTier.available) {
        (self.configured, self.available) = (configured, available)
    }

    var finding: DoctorFinding {
        let best = available.last ?? .portable
        let chosen = configured ?? best
        guard available.contains(chosen) else {
            return .error(
                .kernels, "this processor does not have \(chosen.rawValue)",
                "set engine.kernel_tier = \"best\"")
        }
        if best == .portable {
            return .warning(
                .kernels,
                "the kernels are portable code: this processor has no instructions for them",
                "use a processor with AVX2, or a virtual machine that passes it on; the results are "
                    + "the same, and slower")
        }
        guard chosen == best else {
            return .warning(
                .kernels,
                "the kernels use \(chosen.rawValue), and this processor has \(best.rawValue)",
                "set engine.kernel_tier = \"best\": the results are the same, and faster")
        }
        return .ok(.kernels, "the kernels use \(chosen.rawValue)")
    }
}
