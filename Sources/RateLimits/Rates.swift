/// How much a sender may send; nil for any amount.
package struct Rates: Equatable, Sendable {
    package var messages: RateLimit?
    package var bytes: RateLimit?

    package init(messages: RateLimit? = nil, bytes: RateLimit? = nil) {
        self.messages = messages
        self.bytes = bytes
    }

    package var isUnlimited: Bool { messages == nil && bytes == nil }
}
