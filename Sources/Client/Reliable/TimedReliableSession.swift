import Wire
import ZeroMQ

/// Sends messages that are there already, each at its time and numbered anew, until each is
/// acknowledged or refused.
package enum TimedReliableSession {
    /// Returns when there is nothing more to hear of the messages, or the time for it is over.
    ///
    /// - Parameters:
    ///   - options: what they say of texts and of pace does not count.
    ///   - next: the coming message; nil after the last. Asked again, it would give the same ones:
    ///     a run that is taken up gives them the same numbers.
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
