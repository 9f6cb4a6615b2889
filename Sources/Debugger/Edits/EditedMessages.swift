import Engine
import Storage
import Wire

/// Requests after the edits of their messages, and the mapping of recorded to edited messages.
package struct EditedMessages {
    /// A message of an epoch.
    package struct Place: Hashable, Sendable {
        package let epoch: UInt64
        package let message: UInt64
    }

    /// A message before and after the edits.
    package struct Slot: Equatable, Sendable {
        /// Nil for an inserted message.
        package let recorded: Place?
        /// Nil for a dropped message.
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
    /// Whether the rest of the recorded message is left out.
    private var isSkipping = false

    /// - Parameters:
    ///   - requests: begin before all edited messages.
    ///   - epoch: the epoch of the edited messages.
    /// - Throws: `EditError` for messages that do not exist.
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

    /// Applies the edits of a message at its first request.
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

    /// Removes and returns the first such edit; nil outside of the edits' epoch.
    private mutating func take(where isIt: (Edit) -> Bool) -> Edit? {
        guard recorded.epoch == epoch, let index = open.firstIndex(where: isIt) else { return nil }
        return open.remove(at: index)
    }
}
