package import Storage

/// Which incarnations to verify.
package enum VerifyScope: Sendable {
    /// All of them, and the store itself.
    case all
    case incarnation(IncarnationStatus)

    var isAll: Bool { if case .all = self { true } else { false } }
}
