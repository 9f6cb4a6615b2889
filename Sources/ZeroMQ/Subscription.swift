/// A change received from an XPUB socket: a peer's first subscription to a topic, or the end of its
/// last one (counted over all peers unless `SocketOptions.xpubVerbose`).
package struct Subscription: Hashable, Sendable {
    package enum Change: Sendable { case subscribed, unsubscribed }

    package let change: Change
    package let topic: [UInt8]

    /// Nil if `frame` is not a subscription: byte 1 or 0, then the topic.
    package init?(_ frame: Span<UInt8>) {
        guard !frame.isEmpty, frame[0] <= 1 else { return nil }
        change = frame[0] == 1 ? .subscribed : .unsubscribed
        topic = unsafe frame.extracting(1...).withUnsafeBufferPointer { unsafe Array($0) }
    }
}
