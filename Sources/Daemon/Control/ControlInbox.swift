import Engine
package import Threads
package import Wire
import ZeroMQ

/// What the engine and the journal answer to control requests, on the way to the control thread.
///
/// It has no limit, so that no shard ever waits for an administrator. It stays small: each answer
/// belongs to an open request, and the number of those is bounded.
package final class ControlInbox: Sendable {
    struct Answer: Sendable {
        enum Content: Sendable {
            case snapshot(Result<StreamSnapshot?, Refusal>)
            /// Of one shard.
            case residents([ResidentStream])
            case acknowledgement(Acknowledgement.Result)
            case eviction(Result<EngineInput.EvictionResult, Refusal>)
            /// Of one shard.
            case checkpointed
            case connections([GateConnectionReport])
            case kicked(Bool)
            case reload(Result<ReloadReport, ReloadError>)
            case backfill(Result<BackfillService.Answer, ControlRefusal>)
        }

        /// Of the request that it belongs to.
        let ticket: UInt64
        let content: Content
    }

    private let mailbox: WakingMailbox<Answer>

    package init() throws(WakeEventError) { mailbox = try WakingMailbox() }

    var wake: WakeEvent { mailbox.wake }

    func add(_ content: Answer.Content, for ticket: UInt64) {
        mailbox.send([Answer(ticket: ticket, content: content)])
    }

    /// Takes the answers to control requests out of these; returns the rest.
    package func takeOwn(_ acknowledgements: [Acknowledgement]) -> [Acknowledgement] {
        func ticket(_ acknowledgement: Acknowledgement) -> UInt64? {
            if case .control(let ticket) = acknowledgement.replyTo { ticket } else { nil }
        }
        guard acknowledgements.contains(where: { ticket($0) != nil }) else {
            return acknowledgements
        }
        return acknowledgements.filter { acknowledgement in
            guard let ticket = ticket(acknowledgement) else { return true }
            add(.acknowledgement(acknowledgement.result), for: ticket)
            return false
        }
    }

    func takeAll() -> [Answer] { mailbox.takeAll() }

    /// No more answers will come.
    func close() { mailbox.close() }

    var isClosed: Bool { mailbox.isClosed }
}
