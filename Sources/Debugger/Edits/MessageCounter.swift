import Engine
import Storage
import Wire

/// Counts the complete messages of an epoch while requests are read.
struct MessageCounter {
    private(set) var epoch: UInt64
    private(set) var messages: UInt64
    /// Whether a message has begun and not ended.
    private(set) var isOpen: Bool

    init(_ snapshot: StreamSnapshot?) {
        epoch = snapshot?.state.epoch ?? 0
        messages = snapshot?.state.messages ?? 0
        isOpen = snapshot?.state.messageStart != nil
    }

    /// The current message, or the next one between messages.
    var place: EditedMessages.Place { .init(epoch: epoch, message: messages) }

    /// Whether the request is part of a message. An empty text outside of a message is refused.
    func isText(_ request: RequestRecord) -> Bool {
        request.operation == .text && (isOpen || !request.text.isEmpty)
    }

    mutating func read(_ request: RequestRecord) {
        switch request.operation {
        case .text where isText(request):
            isOpen = request.more
            if !isOpen { messages += 1 }
        case .reset, .model: (epoch, messages, isOpen) = (epoch + 1, 0, false)
        case .put: self = MessageCounter(try? StreamSnapshot(decoding: request.text))
        case .text, .end, .flush, .evict, .resume, .refusal: break
        }
    }
}
