import Engine
package import Storage

/// The result of verification.
package struct VerifyResult: Sendable {
    package var counts = VerifyCounts()
    /// The first of each incarnation, in the order of streams, incarnations and places.
    package var divergences: [Divergence] = []
    /// All that were found, also the later ones.
    package var divergenceCount = 0
    package var wasInterrupted = false
    /// Models of intervals that were not found.
    package var missingModels: [MissingModelError] = []
    /// Whether the whole store was checked, too: pages, indexes, rows and references.
    package var isStoreChecked = false
    /// The first damage in the store.
    package var storeDamage: StorageError?

    package var isEqual: Bool { divergences.isEmpty && storeDamage == nil }
    package var isDamaged: Bool {
        storeDamage != nil || divergences.contains { $0.kind == .damage }
    }
}
