/// Kernels or their operands cannot be created.
package enum KernelError: Error, Equatable, Sendable {
    case unknownTier(String, available: [KernelTier])
    case unavailableTier(KernelTier, available: [KernelTier])
    /// The number of elements of an operand does not match its shape.
    case wrongCount(operand: String, found: Int, expected: Int)
}

extension KernelError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownTier(let name, let available):
            "no kernel tier is called '\(name)'; available here: \(Self.list(available))"
        case .unavailableTier(let tier, let available):
            "this processor cannot run kernel tier '\(tier.rawValue)'; "
                + "available here: \(Self.list(available))"
        case .wrongCount(let operand, let found, let expected):
            "\(operand) has \(found) elements, expected \(expected)"
        }
    }

    private static func list(_ tiers: [KernelTier]) -> String {
        tiers.map(\.rawValue).joined(separator: ", ")
    }
}
