/// A mailbox for a thread that waits in a poller for several things.
///
/// The thread clears `wake` before it looks for anything, and so misses nothing.
package struct WakingMailbox<Element: Sendable>: Sendable {
    package let wake: WakeEvent
    private let mailbox: Mailbox<Element>

    /// - Parameter limit: weight at which producers have to wait.
    package init(limit: Int = .max) throws(WakeEventError) {
        let wake = try WakeEvent()
        self.wake = wake
        mailbox = Mailbox(limit: limit, waking: wake)
    }

    /// Hands over a batch, waiting for room. False if the mailbox is closed.
    @discardableResult
    package func send(_ batch: [Element], weight: Int = 0) -> Bool {
        mailbox.send(batch, weight: weight)
    }

    /// All elements, without waiting.
    package func takeAll() -> [Element] { mailbox.takeAll() }

    /// The consumer has finished with this much of what it took.
    package func release(weight: Int) { mailbox.release(weight: weight) }

    /// Accepts no more elements; those in it can still be taken.
    package func close() { mailbox.close() }

    package var load: MailboxLoad { mailbox.load }
    package var isClosed: Bool { mailbox.isClosed }
    package var isEmpty: Bool { mailbox.isEmpty }
}
