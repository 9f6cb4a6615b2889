internal import Glibc

/// The schedule of the learning rate: linear warm-up, then one of several kinds.
package struct Schedule: Sendable, Equatable {
    package enum Kind: String, CaseIterable, Sendable {
        case constant
        /// Cosine annealing down to `final` (Loshchilov and Hutter 2017).
        case cosine
        /// Constant, then linear down to `final` over the last `decay` of all steps (Hägele et al.
        /// 2024).
        case linear
        /// Multiplied by `factor` whenever validation has not improved for `patience` times.
        case plateau
    }

    package var kind = Kind.cosine
    /// Warm-up steps.
    package var warmup = 0
    /// The final learning rate, as a fraction of the maximum.
    package var final = 0.1
    /// For `linear`: the fraction of all steps in which the rate falls.
    package var decay = 0.2
    /// For `plateau`.
    package var factor = 0.5
    package var patience = 2

    /// The fraction of the maximum learning rate at a step, counted from 0, of `steps`. `drops` is
    /// the number of times that `plateau` has lowered it.
    package func factor(step: Int, of steps: Int, drops: Int = 0) -> Double {
        if step < warmup { return Double(step + 1) / Double(warmup) }
        let part = Double(step - warmup) / Double(max(1, steps - warmup))
        switch kind {
        case .constant: return 1
        case .cosine: return final + (1 - final) * 0.5 * (1 + cos(Double.pi * min(1, part)))
        case .linear:
            let start = 1 - decay
            guard part > start else { return 1 }
            return max(final, 1 - (1 - final) * (part - start) / decay)
        case .plateau: return max(final, pow(factor, Double(drops)))
        }
    }
}
