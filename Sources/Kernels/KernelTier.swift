internal import CKernels

/// An instruction set that the kernels are compiled for. All tiers give the same bits.
package enum KernelTier: String, CaseIterable, Sendable {
    case portable, fma128, avx2, avx512, neon

    /// The tiers that this processor can run, slowest first. Portable is always available.
    package static var available: [KernelTier] {
        allCases.filter { unsafe sluice_kernels_for($0.cValue) != nil }
    }

    /// The fastest tier of this processor.
    package static var best: KernelTier { available.last ?? .portable }

    /// The tier of that name, or the best one for nil.
    ///
    /// - Throws: `KernelError` if the name is unknown or this processor cannot run the tier.
    package static func selected(by name: String?) throws(KernelError) -> KernelTier {
        guard let name else { return best }
        guard let tier = KernelTier(rawValue: name) else {
            throw .unknownTier(name, available: available)
        }
        guard available.contains(tier) else {
            throw .unavailableTier(tier, available: available)
        }
        return tier
    }

    var cValue: sluice_tier {
        switch self {
        case .portable: SLUICE_TIER_PORTABLE
        case .fma128: SLUICE_TIER_FMA128
        case .avx2: SLUICE_TIER_AVX2
        case .avx512: SLUICE_TIER_AVX512
        case .neon: SLUICE_TIER_NEON
        }
    }
}
