package import Wire

/// What is known of a stream that is held in memory, without its state.
package struct ResidentStream: Equatable, Sendable {
    package let stream: StreamID
    package let incarnation: UInt64
    package let epoch: UInt64
    package let tokens: UInt64
    package let messages: UInt64
    /// When its latest request from outside came, in seconds since 1970; nil if that was before the
    /// stream was restored from the store.
    package let lastInput: Double?
    package let isIdle: Bool
    package let isQuarantined: Bool
}
