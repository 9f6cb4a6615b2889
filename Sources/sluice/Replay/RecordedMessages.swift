import Client
import Engine
import Replay
import Storage
import Wire

/// What publishers sent to a stream, as messages that are due at the recorded pace.
struct RecordedMessages {
    private var requests: RequestFeed
    /// Relative to the recorded pace; nil for no pauses.
    private let speed: Double?
    /// The first one's time.
    private var start: Double?
    /// Whether a snapshot was put, which is not sent again.
    private(set) var hadSnapshot = false

    init(_ session: Session, speed: Double?) {
        requests = RequestFeed(session)
        self.speed = speed
    }

    mutating func next() throws -> TimedMessage? {
        while let record = try requests.take()?.record {
            // Requests of the daemon and of administrators are not sent again.
            guard record.operation.isPublic else {
                if record.operation == .put { hadSnapshot = true }
                continue
            }
            let start = start ?? record.time
            self.start = start
            return TimedMessage(
                header(of: record), text: record.text,
                due: speed.map { .seconds(max(0, record.time - start) / $0) })
        }
        return nil
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
