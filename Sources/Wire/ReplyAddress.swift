/// Where the answer to a request goes.
package enum ReplyAddress: Hashable, Sendable {
    /// To a peer of one of the configured inputs.
    case peer(Envelope, input: Int)
    /// To a control request that is under way, by the daemon's own number of it.
    case control(ticket: UInt64)
    /// To the caller in this process, which asks one thing at a time.
    case caller
}
