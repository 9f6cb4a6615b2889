import Engine
import Threads
package import Wire
import ZeroMQ

/// What the engine and the journal find out for the control socket, on the way to its thread.
///
/// It has no limit, so that no shard ever waits for an administrator. It stays small: each finding
/// belongs to a request that was taken in, and of those only so many are open at a time.
package final class ControlFindings: Sendable {
    /// `Route.input` of requests that came by the control socket.
    static let input = -1

    struct Finding: Sendable {
        enum Content: Sendable {
            case snapshot(Result<StreamSnapshot?, Refusal>)
            /// Of one shard.
            case residents([ResidentStream])
            case answer(ControlStep, Acknowledgement.Result)
        }

        let ticket: UInt64
        let content: Content
    }

    let wake: WakeEvent
    private let mailbox: Mailbox<Finding>

    package init() throws {
        let wake = try WakeEvent()
        self.wake = wake
        mailbox = Mailbox(limit: .max) { wake.signal() }
    }

    func add(_ content: Finding.Content, for ticket: UInt64) {
        mailbox.send([Finding(ticket: ticket, content: content)], weight: 0)
    }

    /// Takes the answers to requests of the control socket out of these; gives the rest.
    package func takeOwn(_ acknowledgements: [Acknowledgement]) -> [Acknowledgement] {
        guard acknowledgements.contains(where: { $0.route.input == Self.input }) else {
            return acknowledgements
        }
        return acknowledgements.filter { acknowledgement in
            guard acknowledgement.route.input == Self.input else { return true }
            if let (ticket, step) = ControlStep.read(acknowledgement.route.envelope) {
                add(.answer(step, acknowledgement.result), for: ticket)
            }
            return false
        }
    }

    func takeAll() -> [Finding] { mailbox.takeAll() }

    /// No more will come.
    func close() { mailbox.close() }

    var isClosed: Bool { mailbox.isClosed }
}

/// Which of the requests that one control request leads to is answered.
enum ControlStep: UInt8, Sendable {
    /// The stream in whose place another is put ends.
    case ending
    /// What was asked for.
    case carrying

    /// Where its answer is to go.
    func route(_ ticket: UInt64) -> Route {
        Route(
            input: ControlFindings.input,
            envelope: [
                (0..<8).map { UInt8(truncatingIfNeeded: ticket >> ($0 * 8)) }, [rawValue],
            ])
    }

    static func read(_ envelope: [[UInt8]]) -> (ticket: UInt64, step: ControlStep)? {
        guard envelope.count == 2, let last = envelope[1].first, let step = Self(rawValue: last)
        else { return nil }
        return (envelope[0].reversed().reduce(0) { $0 << 8 | UInt64($1) }, step)
    }
}
