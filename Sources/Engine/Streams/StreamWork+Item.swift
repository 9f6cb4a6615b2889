import Dispatch
import Storage
import Wire

extension StreamWork {
    /// An input for the stream. Refusals wait their turn too, so that what they say of the stream
    /// does not depend on when they came in.
    struct Item {
        enum Content {
            case request(Request)
            case refusal(Refusal)
            /// Asks for the state when all before this is done.
            case query(@Sendable (Result<StreamSnapshot?, Refusal>) -> Void)
        }

        let content: Content
        /// What it counts for in the mailbox that it came by; given back when it is done.
        let weight: Int
        /// Where the journal has it; nil for what is not recorded.
        var place: RequestPlace?
        /// Whose events it leads to, where that is known beforehand; nil for those of the present
        /// subscribers.
        var audience: Audience?
        /// What came of it when it was first read: it must again, and is not recorded twice.
        var outcome: OutcomeRecord?
        /// How it ended when it was first read, where that is known and it comes from the journal.
        var ending: Ending?
        /// It comes from the journal: events about it may have been published.
        var isStored = false

        /// Begins the stream's state anew, and so ends a quarantine.
        var isReset: Bool {
            guard case .request(let request) = content else { return false }
            return request.operation == .reset || request.operation == .model
        }

        /// When a socket received it.
        var received: DispatchTime? {
            if case .request(let request) = content { request.received } else { nil }
        }

        var isQuery: Bool {
            if case .query = content { true } else { false }
        }

        /// Whether it came from outside; the daemon's own requests do not.
        var isInput: Bool {
            switch content {
            case .request(let request): request.operation.isInput(endpoint: request.endpoint)
            case .refusal: true
            case .query: false
            }
        }
    }

    /// What is left of an item when its steps remain to be taken.
    struct Receipt {
        let weight: Int
        let place: RequestPlace?
        let outcome: OutcomeRecord?
        var ending: Ending?
        let isStored: Bool

        init(_ item: Item) {
            (weight, place, outcome) = (item.weight, item.place, item.outcome)
            (ending, isStored) = (item.ending, item.isStored)
        }
    }

    /// Where an item ended that was read before: what is beyond was cut off, or overflowed.
    struct Ending {
        /// Tokens of the incarnation after it.
        let tokens: UInt64
        let stateDigest: [UInt8]
    }
}

extension StreamWork.Item {
    /// What the journal has, to be done again.
    init(
        _ record: RequestRecord, of stream: StreamID, incarnation: UInt64, audience: Audience?,
        outcome: OutcomeRecord?, ending: OutcomeRecord? = nil
    ) {
        let request = Request(record, of: stream)
        let content = Refusal(request).map(Content.refusal) ?? .request(request)
        self.init(
            content: content, weight: 0,
            place: RequestPlace(
                key: record.key, incarnation: incarnation, sequence: record.sequence),
            audience: audience, outcome: outcome,
            ending: (ending ?? outcome).map {
                .init(tokens: $0.tokens, stateDigest: $0.stateDigest)
            }, isStored: true)
    }
}
