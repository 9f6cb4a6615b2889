/// What a request led to.
package struct OutcomeRecord: Equatable, Sendable {
    package var key: StreamKey
    package var sequence: UInt64
    package var epoch: UInt64
    /// Tokens of this incarnation after the request.
    package var tokens: UInt64
    /// Bytes of the epoch's text that tokens cover after it.
    package var offset: UInt64
    /// Of the stream's snapshot after it: 16 bytes.
    package var stateDigest: [UInt8]
    /// Of the events published about it: 16 bytes; nil where its audience changed
    /// on the way.
    package var eventsDigest: [UInt8]?
    /// Which events were published: what `eventsDigest` is taken over.
    package var audience: String

    package init(
        key: StreamKey, sequence: UInt64, epoch: UInt64, tokens: UInt64, offset: UInt64,
        stateDigest: [UInt8], eventsDigest: [UInt8]?, audience: String
    ) {
        self.key = key
        self.sequence = sequence
        self.epoch = epoch
        self.tokens = tokens
        self.offset = offset
        self.stateDigest = stateDigest
        self.eventsDigest = eventsDigest
        self.audience = audience
    }
}
