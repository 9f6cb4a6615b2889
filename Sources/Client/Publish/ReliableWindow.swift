/// Unacknowledged messages in order of their numbers, and how many of them the present connection
/// has been given.
package struct ReliableWindow: Sendable {
    package struct Message: Sendable, Equatable {
        package let number: UInt64
        package let frames: [[UInt8]]
        package let textByteCount: Int
        /// The number of times it has been sent.
        package fileprivate(set) var sendCount = 0
        /// The daemon has refused it for a time, since it was last sent.
        fileprivate var isRefused = false
    }

    private var messages: [Message] = []
    /// The number of `messages` sent by the present connection.
    private var sentCount = 0
    private var textByteCount = 0
    private let limit: Int
    private let byteLimit: Int
    /// Messages that may be on their way at a time: halved by a refusal for a time, and one more for
    /// each accepted message, so that it comes near to what the daemon takes.
    private var allowance: Int
    /// A message was refused for a time: nothing more is sent until all are sent again.
    package private(set) var isRefused = false

    package init(limit: Int, byteLimit: Int) {
        self.limit = limit
        self.byteLimit = byteLimit
        allowance = limit
    }

    package var isEmpty: Bool { messages.isEmpty }
    package var count: Int { messages.count }

    /// Whether another message must wait. A single message may have any size.
    package var isFull: Bool { messages.count >= limit || textByteCount >= byteLimit }

    /// - Parameter number: above all before.
    package mutating func append(_ number: UInt64, frames: [[UInt8]], textByteCount count: Int) {
        precondition(messages.last.map { $0.number < number } ?? true, "numbers must rise")
        messages.append(Message(number: number, frames: frames, textByteCount: count))
        textByteCount += count
    }

    /// The next message for the present connection.
    package var next: Message? {
        guard !isRefused, sentCount < min(messages.count, allowance) else { return nil }
        return messages[sentCount]
    }

    /// Whether every message that was sent has been refused since. Then no answer is to come, and
    /// sending again cannot put a later number before an earlier one.
    package var isAnswered: Bool { messages[..<sentCount].allSatisfy(\.isRefused) }

    package mutating func noteSent() {
        messages[sentCount].sendCount += 1
        sentCount += 1
    }

    /// All messages are sent again, in order.
    package mutating func sendAgain() {
        sentCount = 0
        isRefused = false
        for index in messages.indices { messages[index].isRefused = false }
    }

    /// The message of this number was refused for a time, and stays. False if there is none.
    package mutating func refuse(_ number: UInt64) -> Bool {
        guard let index = messages[..<sentCount].firstIndex(where: { $0.number == number }) else {
            return false
        }
        if !isRefused { allowance = max(1, min(allowance, sentCount) / 2) }
        isRefused = true
        messages[index].isRefused = true
        return true
    }

    /// Removes the message of this number; nil if there is none, as after a second answer.
    package mutating func acknowledge(_ number: UInt64) -> Message? {
        // Answers arrive in order, so it is nearly always the first.
        guard let index = messages.firstIndex(where: { $0.number >= number }),
            messages[index].number == number
        else { return nil }
        if index < sentCount { sentCount -= 1 }
        allowance = min(limit, allowance + 1)
        let message = messages.remove(at: index)
        textByteCount -= message.textByteCount
        return message
    }
}
