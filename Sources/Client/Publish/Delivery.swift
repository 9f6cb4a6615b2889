import Wire
import ZeroMQ

/// Delivers the messages of one publisher.
protocol Delivery: AnyObject {
    var summary: PublishSummary { get }
    /// False after an interruption, and where delivery has ended otherwise.
    var isGoingOn: Bool { get }
    /// Whether the message that is open at the end of publishing may be completed.
    var mayEndText: Bool { get }

    func awaitReceiver() throws
    /// Waits until the next message is due (nil: at once) and there is room. False if delivery has
    /// ended.
    func awaitTurn(at due: ContinuousClock.Instant?) throws -> Bool
    /// Waits until something happens. Returns whether `input` is readable.
    func wait(for input: Descriptor?) throws -> Bool
    func send(_ piece: MessageSplitter.Piece) throws
    func sendEnd() throws
    /// Sends a recorded message.
    func send(_ header: RequestHeader, text: [UInt8]) throws
    /// From now on an interruption only shortens the wait for the delivery.
    func noteAllSent()
    /// Waits for the delivery of all messages.
    func finish() throws
}

/// A report of publishing in progress.
package enum PublishReport: Equatable, Sendable {
    case notice(String)
    case progress(sentByteCount: Int)
    case acknowledged(Int, of: Int)
}

/// - Throws: `ZeroMQError`.
func makeDelivery(
    _ options: PublisherOptions, _ interruption: Interruption,
    _ report: @escaping (PublishReport) -> Void
) throws -> any Delivery {
    let context = try Context()
    return switch options.way {
    case .publish, .push: try PlainDelivery(options, in: context, interruption, report)
    case .acknowledged: try ReliableDelivery(options, in: context, interruption, report)
    }
}
