import Engine
import Storage
import Wire

/// Requests with edits made in their messages, and which message of the one became which of the
/// other.
package struct EditedMessages {
    /// A message of an epoch.
    package struct Place: Hashable, Sendable {
        package let epoch: UInt64
        package let message: UInt64
    }

    /// A message as it was and as it is.
    package struct Slot: Equatable, Sendable {
        /// Nil for one that was inserted.
        package let recorded: Place?
        /// Nil for one that was dropped.
        package let edited: Place?
        /// Whether its text was edited.
        package let isEdited: Bool
    }

    private(set) var requests: [RequestRecord] = []
    private(set) var slots: [Slot] = []
    private var recorded: MessageCounter
    private var edited: MessageCounter
    private var open: [Edit]
    private let epoch: UInt64
    /// The rest of the recorded message is left out.
    private var isSkipping = false

    /// - Parameters:
    ///   - requests: from a place on where none of the edited messages has begun.
    ///   - epoch: whose messages the edits name.
    /// - Throws: `EditError` for messages that there are not.
    init(
        _ requests: [RequestRecord], after snapshot: StreamSnapshot?, edits: [Edit], epoch: UInt64
    ) throws(EditError) {
        (recorded, edited) = (MessageCounter(snapshot), MessageCounter(snapshot))
        open = edits.filter { $0.message != nil }
        self.epoch = epoch
        if recorded.isOpen { addSlot() }
        for request in requests {
            if request.endsText, request.operation != .text { insertAtEnd(like: request) }
            read(request)
        }
        if let last = requests.last { insertAtEnd(like: last) }
        if let missed = open.first?.message {
            let isIt = recorded.epoch == epoch
            throw .noMessage(missed, epoch: epoch, count: isIt ? recorded.messages : nil)
        }
        let first = requests.first?.sequence ?? 0
        for index in self.requests.indices { self.requests[index].sequence = first + UInt64(index) }
    }

    private mutating func read(_ request: RequestRecord) {
        let isText = recorded.isText(request)
        if isText, !recorded.isOpen { begin(request) }
        recorded.read(request)
        if !(isText && isSkipping) { append(request) }
        if !recorded.isOpen { isSkipping = false }
    }

    /// The first request of a message: carries out what is to be done with it.
    private mutating func begin(_ request: RequestRecord) {
        let message = recorded.messages
        while let text = takeInsertion(before: message) { insert(text, like: request) }
        if let text = takeReplacement(of: message) {
            addSlot(isEdited: true)
            append(text, like: request)
            isSkipping = true
        } else if take(where: { $0 == .drop(message: message) }) != nil {
            slots.append(Slot(recorded: recorded.place, edited: nil, isEdited: true))
            isSkipping = true
        } else {
            addSlot()
        }
    }

    private mutating func insertAtEnd(like request: RequestRecord) {
        while !recorded.isOpen, let text = takeInsertion(before: recorded.messages) {
            insert(text, like: request)
        }
    }

    private mutating func insert(_ text: String, like request: RequestRecord) {
        slots.append(Slot(recorded: nil, edited: edited.place, isEdited: true))
        append(text, like: request)
    }

    private mutating func addSlot(isEdited: Bool = false) {
        slots.append(Slot(recorded: recorded.place, edited: edited.place, isEdited: isEdited))
    }

    private mutating func append(_ text: String, like request: RequestRecord) {
        append(
            RequestRecord(
                key: request.key, sequence: 0, time: request.time, operation: .text,
                text: Array(text.utf8), model: request.model))
    }

    private mutating func append(_ request: RequestRecord) {
        edited.read(request)
        requests.append(request)
    }

    // MARK: Edits to be made

    private mutating func takeInsertion(before message: UInt64) -> String? {
        let edit = take { if case .insert(message, _) = $0 { true } else { false } }
        return if case .insert(_, let text)? = edit { text } else { nil }
    }

    private mutating func takeReplacement(of message: UInt64) -> String? {
        let edit = take { if case .replace(message, _) = $0 { true } else { false } }
        return if case .replace(_, let text)? = edit { text } else { nil }
    }

    /// The first of them, which is then done; in the edits' epoch only.
    private mutating func take(where isIt: (Edit) -> Bool) -> Edit? {
        guard recorded.epoch == epoch, let index = open.firstIndex(where: isIt) else { return nil }
        return open.remove(at: index)
    }
}
