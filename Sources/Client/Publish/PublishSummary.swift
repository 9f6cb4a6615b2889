/// The outcome of publishing.
package struct PublishSummary: Equatable, Sendable {
    /// Complete messages, and bytes of text.
    package var messageCount = 0
    package var byteCount = 0
    package var wasInterrupted = false

    // MARK: Of acknowledged publishing

    /// Numbered messages on the wire. One text may take several.
    package var sentCount = 0
    package var acknowledgedCount = 0
    /// Numbers that the daemon already had before they were first sent.
    package var duplicateCount = 0
    package var refusedCount = 0
    /// The number that the next message would have.
    package var nextNumber: UInt64 = 0

    package var unacknowledgedCount: Int { sentCount - acknowledgedCount - refusedCount }
}
