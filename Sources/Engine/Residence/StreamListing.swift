/// A page of streams: the result of `list`.
package struct StreamListing: Codable, Equatable, Sendable {
    package var streams: [ListedStream]
    /// The `after` of the next page; nil where this is the last.
    package var next: String?
}

/// A stream in a list.
package struct ListedStream: Codable, Equatable, Sendable {
    package var stream: String
    package var residence: Residence
    /// How many earlier incarnations of this name there were: each ended with `end`.
    package var incarnation: UInt64
    package var epoch: UInt64
    /// Tokens and messages of this incarnation.
    package var tokens: UInt64
    /// Nil where the store does not have it.
    package var messages: UInt64?
    /// When its latest input came, in seconds since 1970; nil where the store does not have it.
    package var lastInput: Double?
    /// It has inputs that are not processed yet; nil for a stream that is not in memory.
    package var isBusy: Bool?
    package var isQuarantined: Bool?
    /// Why its record in the store cannot be read: it is stopped, or will be at the next request
    /// for it.
    package var damage: String?

    private enum CodingKeys: String, CodingKey {
        case stream, residence
        case incarnation = "life"
        case epoch, tokens, messages, lastInput, isBusy
        case isQuarantined, damage
    }

    /// Where a stream's state is.
    package enum Residence: String, Codable, Sendable {
        /// In the daemon's memory.
        case resident
        /// In the store alone: evicted, or not needed since the daemon started.
        case evicted
        /// Nowhere: its last incarnation has ended.
        case ended
    }
}
