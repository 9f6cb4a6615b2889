/// A peer's wish, received from an XPUB socket: its first subscription to a topic, or its last one
/// taken back (counted over all peers unless `SocketOptions.xpubVerbose`).
package struct Subscription: Hashable, Sendable {
    package enum Change: Sendable { case subscribed, unsubscribed }

    package let change: Change
    package let topic: [UInt8]

    /// Nil if `frame` is no subscription: byte 1 or 0, then the topic.
    package init?(_ frame: Span<UInt8>) {
        guard !frame.isEmpty, frame[0] <= 1 else { return nil }
        change = frame[0] == 1 ? .subscribed : .unsubscribed
        topic = unsafe frame.extracting(1...).withUnsafeBufferPointer { unsafe Array($0) }
    }
}
