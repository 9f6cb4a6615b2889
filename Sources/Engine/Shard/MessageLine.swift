import DequeModule
import Model

/// Messages that are complete and to be read as a whole, in the order in which they came to their
/// end: those that are being read, and those that wait for room.
final class MessageLine {
    private let runner: MessageRunner
    private var waiting = Deque<StreamState>()
    private var reading: [(stream: StreamState, message: WholeMessage)] = []

    init(_ runner: MessageRunner) { self.runner = runner }

    var isEmpty: Bool { waiting.isEmpty && reading.isEmpty }

    /// The stream's message is complete.
    func append(_ stream: StreamState) { waiting.append(stream) }

    /// Reads on in every message; gives the streams whose messages have been read to their end.
    func advance() -> [(stream: StreamState, logit: Float?)] {
        while let stream = waiting.first,
            let message = runner.begin(Array(stream.message.prefix(runner.longestMessage)))
        {
            waiting.removeFirst()
            reading.append((stream, message))
        }
        let finished = Set(runner.advance().map { ObjectIdentifier($0) })
        let read = reading.filter { finished.contains(ObjectIdentifier($0.message)) }
        reading.removeAll { finished.contains(ObjectIdentifier($0.message)) }
        return read.map { ($0.stream, $0.message.logit) }
    }

    /// Gives its message up.
    func remove(_ stream: StreamState) {
        waiting.removeAll { $0 === stream }
        reading.removeAll { $0.stream === stream }
    }
}

extension MessageRunner {
    fileprivate var longestMessage: Int { network.config.longestMessage }
}
