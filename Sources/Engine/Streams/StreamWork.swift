import DequeModule
import Storage
import Tokenizer
import Wire

/// What a stream has still to do, in order: its queue of inputs, and the steps of the first one.
///
/// A class, so that taking from its front never copies what waits behind.
final class StreamWork {
    enum Step {
        /// A token that belongs to no text: start token or separator.
        case leadIn(Int32)
        case token(Token)
        case messageEnd
        /// The tokens of an item have all been read.
        case finished(Receipt)
    }

    private(set) var items: Deque<Item>
    /// Resets among the items.
    private(set) var resets: Int
    /// Some items were read before, and it is known where they ended.
    private var hasEndings: Bool
    /// Bytes of the first item's text that were tokenised.
    private(set) var position = 0
    /// What was tokenised and not read yet.
    private(set) var steps = Deque<Step>()

    init(items: Deque<Item>) {
        self.items = items
        resets = items.count(where: \.isReset)
        hasEndings = items.contains { $0.ending != nil }
    }

    var isEmpty: Bool { items.isEmpty && steps.isEmpty }

    /// Whether a snapshot may be taken that continues with the first item's text.
    var isBetweenSlices: Bool { steps.isEmpty }

    var isBetweenRequests: Bool { steps.isEmpty && position == 0 }

    // MARK: Items

    func append(_ item: Item) {
        items.append(item)
        if item.isReset { resets += 1 }
        if item.ending != nil { hasEndings = true }
    }

    /// Takes the first item out of the queue.
    func popFirst() -> Item? {
        guard let item = items.popFirst() else { return nil }
        if item.isReset { resets -= 1 }
        position = 0
        return item
    }

    /// The first item is done once the steps that it left are taken.
    func finishFirst() {
        guard let item = popFirst() else { return }
        steps.append(.finished(.init(item)))
    }

    /// So much of the first item's text is tokenised.
    func advance(to position: Int) { self.position = position }

    /// Gives up what was tokenised and not read, and the text that it was part of.
    ///
    /// - Returns: what is left of the items that this ends.
    func dropTokens() -> [Receipt] {
        var receipts = steps.compactMap { step in
            if case .finished(let receipt) = step { receipt } else { nil }
        }
        steps.removeAll()
        if position > 0, let item = popFirst() { receipts.append(.init(item)) }
        position = 0
        return receipts
    }

    // MARK: Steps

    func add(leadIn: [Int32], _ tokens: [Token]) {
        for id in leadIn { steps.append(.leadIn(id)) }
        steps.append(contentsOf: tokens.lazy.map { .token($0) })
    }

    func addMessageEnd() { steps.append(.messageEnd) }

    func dropStep() { steps.removeFirst() }

    func takeToken() -> Step? { isAtToken ? steps.popFirst() : nil }

    /// Whether the next step reads a token.
    var isAtToken: Bool {
        switch steps.first {
        case .leadIn, .token: true
        case .messageEnd, .finished, nil: false
        }
    }

    // MARK: What was read before

    /// Whether something of it comes from the journal.
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

    /// It is known how to continue there.
    func forgetEnding() {
        for (index, step) in steps.enumerated() {
            guard case .finished(var receipt) = step else { continue }
            receipt.ending = nil
            steps[index] = .finished(receipt)
            return
        }
        if !items.isEmpty { items[0].ending = nil }
    }
}
