import Wire
import ZeroMQ

/// Sends recorded messages, each at its time and with a new number, until each is acknowledged or
/// refused.
package enum TimedReliableSession {
    /// Returns once each message is acknowledged or refused, or the time is over.
    ///
    /// - Parameters:
    ///   - options: those of texts and of pace are ignored.
    ///   - next: the next message; nil after the last. It must give the same messages in another
    ///     run: a continued run gives them the same numbers.
    /// - Throws: `ClientError`, `ZeroMQError`, and what `next` throws.
    package static func publish(
        _ options: ReliableOptions, interruption: Interruption,
        report: @escaping (PublishReport) -> Void, next: () throws -> TimedMessage?
    ) throws -> ReliableSummary {
        var delivery = try ReliableDelivery(options, in: Context(), interruption, report)
        try delivery.awaitConnection()
        let start = ContinuousClock.now
        while delivery.isGoingOn, let message = try next() {
            guard try delivery.awaitTurn(at: message.due.map { start + $0 }) else { break }
            try delivery.send(message.header, text: message.text)
        }
        delivery.noteAllSent()
        try delivery.awaitAnswers()
        try delivery.leave()
        return delivery.summary
    }
}
