/// How far a stream has come in its incarnation, as its counters say.
package struct StreamProgress: Equatable, Sendable {
    /// The request that is being read, or comes next.
    package var sequence: UInt64 = 0
    /// How often it has been reset.
    package var epoch: UInt64 = 0
    /// Tokens, bytes and completed messages of this epoch.
    package var tokens: UInt64 = 0
    package var offset: UInt64 = 0
    package var messages: UInt64 = 0
    /// Tokens and completed messages of all epochs.
    package var incarnationTokens: UInt64 = 0
    package var incarnationMessages: UInt64 = 0
    /// Events of the topics `stream` and `error` that were due.
    package var streamEvents: UInt64 = 0
    package var errorEvents: UInt64 = 0

    package init() {}

    init(_ stream: StreamState) { self.init(stream.state, sequence: stream.journal.sequence) }

    package init(_ snapshot: StreamSnapshot) {
        self.init(snapshot.state.persisted, sequence: snapshot.sequence)
    }

    private init(_ state: PersistedState, sequence: UInt64) {
        self.sequence = sequence
        (epoch, tokens, offset) = (state.epoch, state.tokens, state.offset)
        (messages, incarnationTokens) = (state.messages, state.incarnationTokens)
        incarnationMessages = state.incarnationMessages
        (streamEvents, errorEvents) = (state.streamEvents, state.errorEvents)
    }
}
