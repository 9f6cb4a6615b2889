import DequeModule
package import Journal
import Tokenizer
import Wire

/// What a stream has still to do, in order: its line of inputs, and the first one's steps.
///
/// A class, so that taking from its front never copies what waits behind.
final class StreamWork {
    /// Something that came for the stream. Refusals wait their turn too, so that what they say of
    /// the stream does not depend on when they came in.
    struct Item {
        enum Content {
            case request(Request)
            case refusal(Refusal)
            /// Somebody wants to know the state when all before this is done.
            case query(@Sendable (Result<StreamSnapshot?, Refusal>) -> Void)
        }

        let content: Content
        /// What it counts for in the mailbox that it came by; given back when it is done.
        let weight: Int
        /// Where the journal has it; nil for what is not recorded.
        var place: RequestPlace?
        /// Who hears of it, where that is known beforehand; nil for whoever listens then.
        var audience: Audience?
        /// What came of it when it was first read: it must again, and is not recorded twice.
        var outcome: OutcomeRecord?
        /// How it ended when it was first read, where that is known and it comes from the journal.
        var ending: Ending?
        /// It comes from the journal: events about it may have been told.
        var isStored = false

        /// Begins the stream's state anew, and so ends a quarantine.
        var isReset: Bool {
            guard case .request(let request) = content else { return false }
            return request.operation == .reset || request.operation == .model
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

    enum Step {
        /// A token that belongs to no text: start token or separator.
        case leadIn(Int32)
        case token(Token)
        case messageEnd
        /// The tokens of an item have all been read.
        case finished(Receipt)
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
        /// Tokens of the life after it.
        let tokens: UInt64
        let stateDigest: [UInt8]
    }

    private(set) var items: Deque<Item>
    /// Resets among the items.
    private(set) var resets: Int
    /// Some items were read before, and it is known where they ended.
    private var hasEndings: Bool
    /// Bytes of the first item's text that were tokenised.
    var position = 0
    var steps = Deque<Step>()

    init(items: Deque<Item>) {
        self.items = items
        resets = items.count(where: \.isReset)
        hasEndings = items.contains { $0.ending != nil }
    }

    func append(_ item: Item) {
        items.append(item)
        if item.isReset { resets += 1 }
        if item.ending != nil { hasEndings = true }
    }

    /// Takes the first item out of the line.
    func popFirst() -> Item? {
        guard let item = items.popFirst() else { return nil }
        if item.isReset { resets -= 1 }
        return item
    }

    /// Whether something of the line comes from the journal.
    var hasStored: Bool {
        let isUnfinished = steps.contains {
            if case .finished(let receipt) = $0 { receipt.isStored } else { false }
        }
        return isUnfinished || items.contains(where: \.isStored)
    }

    /// Where the item ended, when it was first read, that the steps belong to.
    var ending: Ending? {
        guard hasEndings else { return nil }
        for step in steps {
            if case .finished(let receipt) = step { return receipt.ending }
        }
        return items.first?.ending
    }

    /// It is known how to go on there.
    func forgetEnding() {
        for (index, step) in steps.enumerated() {
            guard case .finished(var receipt) = step else { continue }
            receipt.ending = nil
            steps[index] = .finished(receipt)
            return
        }
        if !items.isEmpty { items[0].ending = nil }
    }

    /// Takes the next step, if it is a token.
    func takeToken() -> Step? {
        switch steps.first {
        case .leadIn, .token: steps.popFirst()
        case .messageEnd, .finished, nil: nil
        }
    }

    var isEmpty: Bool { items.isEmpty && steps.isEmpty }
}

/// Where a request stands in the journal: in which life of its stream, and as which of its requests.
package struct RequestPlace: Hashable, Sendable {
    package let key: StreamKey
    package let life: UInt64
    package let sequence: UInt64

    package init(key: StreamKey, life: UInt64, sequence: UInt64) {
        self.key = key
        self.life = life
        self.sequence = sequence
    }
}
