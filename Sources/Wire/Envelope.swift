/// The frames before a message on a ROUTER: the peer's identity, and what REQ sockets and proxies
/// add. They go before the answer too.
package struct Envelope: Hashable, Sendable {
    package let frames: [[UInt8]]

    package init(_ frames: [[UInt8]]) { self.frames = frames }
}
