import DequeModule
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
        }

        let content: Content
        /// What it counts for in the mailbox that it came by; given back when it is done.
        let weight: Int
    }

    enum Step {
        /// A token that belongs to no text: start token or separator.
        case leadIn(Int32)
        case token(Token)
        case messageEnd
        /// The tokens of an item have all been read.
        case finished(weight: Int)
    }

    var items = Deque<Item>()
    /// Bytes of the first item's text that were tokenised.
    var position = 0
    var steps = Deque<Step>()

    init(items: Deque<Item>) { self.items = items }

    /// Takes the next step, if it is a token.
    func takeToken() -> Step? {
        switch steps.first {
        case .leadIn, .token: steps.popFirst()
        case .messageEnd, .finished, nil: nil
        }
    }

    var isEmpty: Bool { items.isEmpty && steps.isEmpty }
}
