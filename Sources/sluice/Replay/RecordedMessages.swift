import Client
import Engine
import Replay
import Storage
import Wire

/// What publishers once sent to a stream, as messages that are due when they were then.
struct RecordedMessages {
    private var requests: PublicRequests
    /// So many times the recorded pace; nil for without pauses.
    private let speed: Double?
    /// The first one's time.
    private var start: Double?

    init(_ session: Session, speed: Double?) {
        requests = PublicRequests(session)
        self.speed = speed
    }

    /// Whether a snapshot was put there, which is no message.
    var hadSnapshot: Bool { requests.skipped[.put] != nil }

    mutating func next() throws -> TimedMessage? {
        guard let record = try requests.next()?.record else { return nil }
        let start = start ?? record.time
        self.start = start
        return TimedMessage(
            header(of: record), text: record.text,
            due: speed.map { .seconds(max(0, record.time - start) / $0) })
    }

    private func header(of record: RequestRecord) -> RequestHeader {
        var header = RequestHeader()
        header.operation = record.operation
        header.more = record.operation == .text ? record.more : nil
        header.sequence = record.producerSequence
        header.producer = record.producer
        header.time = record.producerTime
        return header
    }
}
