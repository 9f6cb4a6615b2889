internal import Glibc

/// The learning rate over a run: linear warm-up, then one of the usual courses.
package struct Schedule: Sendable, Equatable {
    package enum Kind: String, CaseIterable, Sendable {
        case constant
        /// Down to `final` along half a cosine (Loshchilov and Hutter 2017).
        case cosine
        /// Constant, then straight down to `final` over the last `decay` steps (Hägele et al. 2024).
        case linear
        /// Multiplied by `factor` whenever validation has not improved `patience` times.
        case plateau
    }

    package var kind = Kind.cosine
    package var warmup = 0
    /// The part of the highest rate that is left at the end.
    package var final = 0.1
    /// Of `linear`: the part of all steps in which the rate falls.
    package var decay = 0.2
    /// Of `plateau`.
    package var factor = 0.5
    package var patience = 2

    package init() {}

    /// The factor of the highest learning rate at a step, counted from 0, of `steps`; `drops` is how
    /// often `plateau` has lowered it.
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
