package import Metrics
package import Threads
package import Wire

/// Acknowledgements on their way from the engine's threads to the thread that sends them.
///
/// It has no limit, so that the engine never waits for a publisher. It stays small all the same:
/// each acknowledgement answers a message that was taken in, and while some are here no further
/// message is taken in. So it never holds more than the engine's bounded queues did.
package final class AcknowledgementQueue: Sendable {
    package let statistics = AcknowledgementStatistics()
    private let mailbox: WakingMailbox<Acknowledgement>

    package init() throws(WakeEventError) { mailbox = try WakingMailbox() }

    var wake: WakeEvent { mailbox.wake }

    /// What the engine calls, on any of its threads.
    @Sendable package func add(_ acknowledgements: [Acknowledgement]) {
        guard !acknowledgements.isEmpty else { return }
        mailbox.send(acknowledgements)
    }

    func takeAll() -> [Acknowledgement] { mailbox.takeAll() }

    /// No more acknowledgements will come.
    func close() { mailbox.close() }

    var isClosed: Bool { mailbox.isClosed }
}

/// The counters of acknowledgements.
package final class AcknowledgementStatistics: MetricSet {
    package let sent = Counter(
        "acks", "Answers of router inputs that were sent", exposedAs: "acknowledgements")
    /// The peer sends these messages again.
    package let dropped = Counter(
        "acks.dropped", "Answers that were dropped because the peer was gone or did not read",
        exposedAs: "acknowledgements_dropped")

    func count(isSent: Bool) { if isSent { sent.add() } else { dropped.add() } }
}
