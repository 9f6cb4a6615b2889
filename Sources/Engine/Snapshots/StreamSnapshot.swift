package import Model
package import Wire

/// One stream's whole state between two tokens, as it is stored and moved between daemons.
package struct StreamSnapshot: Equatable, Sendable {
    package var stream: StreamID
    package var model: Fingerprint
    /// The request to continue with, and how many bytes of its text are in the state.
    package var sequence: UInt64 = 0
    package var position: UInt64 = 0
    /// The stream's eviction was published and its return was not yet.
    package var isEvicted = false
    /// Of the events published so far about the request at `sequence`.
    package var eventsDigest: [UInt8] = []
    package var state: State

    package init(stream: StreamID, model: Fingerprint, state: State) {
        self.stream = stream
        self.model = model
        self.state = state
    }

    /// What the model and the stream's own requests determine.
    @dynamicMemberLookup
    package struct State: Equatable, Sendable {
        package var persisted: PersistedState
        /// The text that is held back: `IncrementalTokenizer.snapshot`.
        package var tokenizer: [UInt8]
        /// h0, c0, h1, c1, …: `StateLayout.valueCount` floats.
        package var values: [Float]

        package init(
            _ persisted: PersistedState = PersistedState(), tokenizer: [UInt8] = [],
            values: [Float] = []
        ) {
            self.persisted = persisted
            self.tokenizer = tokenizer
            self.values = values
        }

        package subscript<Value>(
            dynamicMember field: WritableKeyPath<PersistedState, Value>
        ) -> Value {
            get { persisted[keyPath: field] }
            set { persisted[keyPath: field] = newValue }
        }
    }

    /// What the model reads before the next message's first token.
    package enum LeadIn: UInt8, Sendable { case start, separator, none }

    package struct Score: Equatable, Sendable {
        /// In [-1, 1].
        package var score: Float
        /// Probability of positive.
        package var positive: Float

        package init(score: Float, positive: Float) {
            self.score = score
            self.positive = positive
        }
    }

    package struct ReadToken: Equatable, Sendable {
        package var id: Int32
        /// Bytes of the epoch's text.
        package var offset: Range<UInt64>

        package init(id: Int32, offset: Range<UInt64>) {
            self.id = id
            self.offset = offset
        }
    }

    /// The state alone, to be put anywhere under this name: nothing of where its stream stood in a
    /// journal. Equal states give equal bytes.
    package func portable(as stream: StreamID? = nil) -> StreamSnapshot {
        StreamSnapshot(stream: stream ?? self.stream, model: model, state: state)
    }
}
