import DequeModule
import Model

/// Messages that are complete and to be read as a whole, in the order in which they were completed:
/// those that are being read, and those that wait for room.
struct MessageQueue {
    private let runner: MessageRunner
    private var waiting = Deque<StreamState>()
    private var reading: [(stream: StreamState, message: WholeMessage)] = []

    init(_ runner: MessageRunner) { self.runner = runner }

    var isEmpty: Bool { waiting.isEmpty && reading.isEmpty }

    /// The stream's message is complete.
    mutating func append(_ stream: StreamState) { waiting.append(stream) }

    /// Reads on in every message.
    ///
    /// - Returns: the streams whose messages have been read to their end.
    mutating func advance() -> [(stream: StreamState, logit: Float?)] {
        while let stream = waiting.first,
            let message = runner.begin(Array(stream.state.message.prefix(runner.longestMessage)))
        {
            waiting.removeFirst()
            reading.append((stream, message))
        }
        let finished = Set(runner.advance().map { ObjectIdentifier($0) })
        let read = reading.filter { finished.contains(ObjectIdentifier($0.message)) }
        reading.removeAll { finished.contains(ObjectIdentifier($0.message)) }
        return read.map { ($0.stream, $0.message.logit) }
    }

    /// Gives the stream's message up.
    mutating func remove(_ stream: StreamState) {
        waiting.removeAll { $0 === stream }
        reading.removeAll { $0.stream === stream }
    }
}

extension MessageRunner {
    fileprivate var longestMessage: Int { network.config.longestMessage }
}

extension ModelConfig {
    /// Most tokens that are read of a message, its start token among them.
    var longestMessage: Int { WholeMessage.maxTokens + (startToken == nil ? 0 : 1) }
}
