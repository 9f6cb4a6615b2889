package import Wire

/// One incarnation of a stream as a list shows it.
package struct IncarnationSummary: Equatable, Sendable {
    package let incarnation: StreamIncarnation
    /// When it ended; nil while it continues.
    package var ended: Double?
    /// Requests before this sequence have been forgotten.
    package var cut: UInt64 = 0
    /// How many are kept.
    package var requests: UInt64 = 0
    /// When the first of them was accepted; nil where none is kept.
    package var firstTime: Double?
    /// When the last one from outside was accepted: not what the daemon decided itself.
    package var lastInput: Double?
    /// After the last request whose outcome is known, or at the last checkpoint.
    package var tokens: UInt64 = 0
    package var epoch: UInt64 = 0
    /// The fingerprint of the model that read last; nil before the first request.
    package var model: [UInt8]?
    package var lastOperation: Request.Operation?
    /// What is not as it was written; the rest is then not known.
    package var damage: StorageError?

    package init(_ incarnation: StreamIncarnation) { self.incarnation = incarnation }
}
