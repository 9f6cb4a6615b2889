import Client
import Glibc
import Wire
import ZeroMQ

/// Publishes messages into many streams and follows their tokens: a PUB and a SUB socket, like any
/// client's, and one thread.
final class Driver {
    private(set) var counts = PhaseCounts()
    private var streams: [DrivenStream]
    private let names: [[UInt8]]
    private let messages: [[UInt8]]
    private let publisher: Socket
    private let subscriber: Socket
    private var poller = Poller()
    private var received = Multipart(frameLimit: 3)
    private let interrupted: Int
    private var tokens = 0
    /// All tokens so far, by time, to set beside what the daemon logs of itself now and then.
    private var timeline: [(time: ContinuousClock.Instant, tokens: Int)] = []

    /// Events received before the driver sends again.
    private static let burst = 500
    private static let counted = EventKind.next

    /// - Parameters:
    ///   - messages: what the streams send, each from another position on.
    ///   - client: its key, where the daemon wants one.
    /// - Throws: `ZeroMQError`.
    init(
        streams: Int, messages: [[UInt8]], input: Endpoint, output: Endpoint,
        client: SocketOptions.CurveClient?, interruption: Interruption
    ) throws {
        self.messages = messages
        names = (0..<streams).map { Array("bench-\(getpid())-\($0)".utf8) }
        let stride = messages.count / streams
        self.streams = (0..<streams).map { DrivenStream(position: $0 * stride) }
        var options = SocketOptions()
        (options.sendHighWaterMark, options.receiveHighWaterMark) = (0, 0)
        options.linger = .zero
        options.curve = client
        let context = try Context()
        publisher = try Socket(.pub, in: context, options: options)
        subscriber = try Socket(.sub, in: context, options: options)
        try publisher.connect(input)
        try subscriber.connect(output)
        for kind in EventKind.allCases { try subscriber.subscribe(kind.topicPrefix) }
        poller.add(subscriber)
        interrupted = poller.add(interruption.wake)
    }

    /// Sends probes until the daemon answers, and receives all the answers.
    ///
    /// - Throws: `ZeroMQError`, `ClientError`, `Interrupted`.
    func waitForAnswer(_ input: Endpoint) throws {
        let deadline = ContinuousClock.now + .seconds(30)
        var hasAnswered = false
        while !hasAnswered {
            guard ContinuousClock.now < deadline else {
                throw ClientError.unavailable(input, "the daemon does not answer")
            }
            try publish(Array("bench-probe".utf8), Array("Is anybody there? ".utf8))
            hasAnswered = try wait(.milliseconds(200))
        }
        while try wait(.milliseconds(500)) { _ = try receive(timeout: .zero) }
        counts = PhaseCounts()
    }

    func resetCounts() { counts = PhaseCounts() }

    var streamIndices: Range<Int> { streams.indices }
    var unfinishedMessages: Int { streams.reduce(0) { $0 + $1.unfinishedMessages } }

    func send(_ stream: Int) throws {
        let text = messages[streams[stream].position % messages.count]
        streams[stream].position += 1
        streams[stream].send(byteCount: text.count, at: .now)
        try publish(names[stream], text)
    }

    private func publish(_ name: [UInt8], _ text: [UInt8]) throws {
        _ = try publisher.send(name.span, text.span, wait: .never)
    }

    /// Receives the events that have arrived. Returns the stream of each message that was finished.
    func receive(timeout: Duration) throws -> [Int] {
        var finished: [Int] = []
        guard try wait(timeout) else { return finished }
        for _ in 0..<Self.burst {
            guard try subscriber.receive(into: &received, wait: .never) else { break }
            take(&finished)
        }
        timeline.append((.now, tokens))
        return finished
    }

    /// How many tokens arrived between two times.
    func tokens(from start: ContinuousClock.Instant, to end: ContinuousClock.Instant) -> Int {
        let seen = timeline.filter { start <= $0.time && $0.time <= end }
        guard let first = seen.first, let last = seen.last else { return 0 }
        return last.tokens - first.tokens
    }

    /// Whether events have come by then.
    private func wait(_ timeout: Duration) throws -> Bool {
        try poller.wait(timeout: timeout)
        if poller.isReadable(interrupted) { throw Interrupted() }
        return poller.isReadable(0)
    }

    private func take(_ finished: inout [Int]) {
        guard received.count == 3 else { return }
        let (kind, number) = received.withFrame(0) { ($0[0], EventScan.streamNumber($0)) }
        if kind == EventKind.error.topicPrefix[0] { counts.errors += 1 }
        guard let number, streams.indices.contains(number) else { return }
        let sequence = received.withFrame(2) { EventScan.sequence($0) }
        counts.sequenceGaps += streams[number].gap(before: sequence, topic: kind)
        guard kind == Self.counted.topicPrefix[0],
            let end = received.withFrame(1, { EventScan.tokenEnd($0) }),
            let arrival = streams[number].receive(tokenEnd: end, at: .now)
        else { return }
        counts.tokens += 1
        tokens += 1
        counts.messages += arrival.finished
        for latency in arrival.latencies { counts.record(latency) }
        finished.append(contentsOf: repeatElement(number, count: arrival.finished))
    }
}
