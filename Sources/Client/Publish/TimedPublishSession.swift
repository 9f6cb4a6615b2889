package import Wire

/// A recorded message, to be sent unchanged at its time.
package struct TimedMessage: Sendable {
    package let header: RequestHeader
    package let text: [UInt8]
    /// Since the first message; nil for at once.
    package let due: Duration?

    package init(_ header: RequestHeader, text: [UInt8], due: Duration?) {
        self.header = header
        self.text = text
        self.due = due
    }
}

/// Sends recorded messages, each at its time, until they end or the user interrupts. Where they are
/// acknowledged, each gets a new number.
package enum TimedPublishSession {
    /// Returns once all messages are delivered, or the time for it is over.
    ///
    /// - Parameters:
    ///   - options: those of texts and of pace are ignored.
    ///   - next: the next message; nil after the last. It must give the same messages in another
    ///     run: a continued run gives them the same numbers.
    /// - Throws: `ClientError`, `ZeroMQError`, and what `next` throws.
    package static func publish(
        _ options: PublisherOptions, interruption: Interruption,
        report: @escaping (PublishReport) -> Void, next: () throws -> TimedMessage?
    ) throws -> PublishSummary {
        let delivery = try makeDelivery(options, interruption, report)
        try delivery.awaitReceiver()
        let start = ContinuousClock.now
        while delivery.isGoingOn, let message = try next() {
            guard try delivery.awaitTurn(at: message.due.map { start + $0 }) else { break }
            try delivery.send(message.header, text: message.text)
        }
        delivery.noteAllSent()
        try delivery.finish()
        return delivery.summary
    }
}
