import Files
import Wire

/// What a subscriber shows, and how much of it has been shown.
final class ShownEvents<Output: EventOutput> {
    private let options: SubscriberOptions
    private var output: Output
    private(set) var receivedCount = 0
    private var endedCount = 0

    init(_ options: SubscriberOptions, _ output: Output) {
        self.options = options
        self.output = output
    }

    var hasEnough: Bool {
        (options.count.map { receivedCount >= $0 } ?? false)
            || (options.endedStreams.map { endedCount >= $0 } ?? false)
    }

    func show(_ event: EventMessage) throws {
        guard !hasEnough else { return }
        if event.saysThatTheStreamEnded { endedCount += 1 }
        guard options.wants(event.topic) else { return }
        receivedCount += 1
        try output.write(event)
    }

    func note(_ text: String) throws(OutputError) { try output.note(text) }

    /// - Parameter reason: why they cannot be had.
    func noteMissing(
        _ count: UInt64, of topic: Topic, because reason: String? = nil
    ) throws(OutputError) {
        guard options.wants(topic) else { return }
        try output.note(
            "missed \(count) event\(count == 1 ? "" : "s") of \(topic.text)"
                + (reason.map { "; \($0)" } ?? ""))
    }

    func settle() throws(OutputError) { try output.settle() }

    func finish() throws(OutputError) { try output.finish() }
}

extension Topic {
    var text: String { "\(kind.rawValue)/\(stream)" }
}

extension EventMessage {
    fileprivate var saysThatTheStreamEnded: Bool {
        guard topic.kind == .stream, let event = try? Event(kind: .stream, body: body) else {
            return false
        }
        return event.payload == .stream(.ended)
    }
}
