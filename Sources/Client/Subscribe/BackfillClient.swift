import Wire
package import ZeroMQ

/// Where missed events can be had.
package struct BackfillOptions: Sendable {
    /// The daemon's control socket.
    package var control: Endpoint
    /// Keys for a control socket that is encrypted.
    package var curve: SocketOptions.CurveClient?
    /// The place of the output in the daemon's configuration, from 0.
    package var output = 0
    /// How long an answer may take.
    package var timeout = Duration.seconds(30)
    /// First show what each stream has published before.
    package var wantsHistory = false

    package init(control: Endpoint) { self.control = control }
}

/// Asks a daemon for events that it has published.
struct BackfillClient: ~Copyable {
    /// What is left to be asked for.
    struct Cursor {
        let stream: StreamID
        let incarnation: UInt64
        var ranges: [EventKind: Range<UInt64>]
        var deadline: ContinuousClock.Instant

        init(
            _ stream: StreamID, _ incarnation: UInt64, _ ranges: [EventKind: Range<UInt64>]
        ) {
            self.stream = stream
            self.incarnation = incarnation
            self.ranges = ranges.filter { !$0.value.isEmpty }
            deadline = .now
        }
    }

    private let options: BackfillOptions
    private var client: ControlClient

    /// Pause before events are asked for again that are not in the store yet.
    private static let pause = Duration.milliseconds(20)

    init(_ options: BackfillOptions) throws(ZeroMQError) {
        self.options = options
        client = try ControlClient(
            options.control, timeout: options.timeout, curve: options.curve,
            mostFrames: 1 + 3 * Self.pageEvents)
        client.failsAtOnce = true
        client.repeatsLost = true
    }

    /// From now on, a daemon that is gone is not waited for.
    mutating func failAtOnce() { client.failsAtOnce = true }

    private static let pageEvents = ControlBackfill.limits.upperBound

    /// What has been published of a stream; nil if there is no such stream or incarnation.
    ///
    /// - Parameter waits: while more may have been published that the store does not have yet.
    mutating func position(
        of stream: StreamID, incarnation: UInt64? = nil, waits: Bool = true
    ) throws -> PublishedPosition? {
        let place = ControlPosition(stream, incarnation: incarnation, output: options.output)
        let deadline = ContinuousClock.now + options.timeout
        do {
            while true {
                let position = try client.ask(.position(place), for: PublishedPosition.self).result
                guard position.pending, waits, .now < deadline else { return position }
                try client.pause(Self.pause)
            }
        } catch let error as ClientError where error.isRefusal(of: Self.noStream) {
            return nil
        }
    }

    private static let noStream = [
        Refusal.Code.noSuchStream.rawValue, ControlRefusal.Code.noSuchLife,
    ]

    /// The next events that there are; nil after the last.
    mutating func next(_ cursor: inout Cursor) throws -> [EventMessage]? {
        cursor.deadline = .now + options.timeout
        while !cursor.ranges.isEmpty {
            let place = ControlPosition(
                cursor.stream, incarnation: cursor.incarnation, output: options.output)
            let (report, frames) = try client.ask(
                .backfill(ControlBackfill(place, ranges: cursor.ranges)), for: BackfillReport.self)
            cursor.ranges = report.rest.mapValues(\.range)
            let events = try events(frames, report)
            guard events.isEmpty else { return events }
            guard report.pending else { continue }
            guard ContinuousClock.now < cursor.deadline else {
                throw ClientError.unavailable(
                    options.control,
                    "events of \(cursor.stream.text) are not in the store after \(options.timeout)")
            }
            try client.pause(Self.pause)
        }
        return nil
    }

    private func events(
        _ frames: [[UInt8]], _ report: BackfillReport
    ) throws(ClientError) -> [EventMessage] {
        let malformed = ClientError.unavailable(options.control, "\(MalformedControlReply())")
        guard frames.count == 3 * report.events else { throw malformed }
        return try stride(from: 0, to: frames.count, by: 3).map { index throws(ClientError) in
            guard let topic = Topic(bytes: frames[index]), frames[index + 2].count == 8 else {
                throw malformed
            }
            let number = frames[index + 2].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return EventMessage(
                topic: topic, body: frames[index + 1], sequence: number, isRecovered: true)
        }
    }

    /// A page of the daemon's streams, with those that have ended.
    mutating func streams(prefix: String, after: String?) throws -> ListedStreams {
        var list = ControlList()
        list.prefix = prefix
        list.after = after
        list.limit = ControlList.limits.upperBound
        list.includesEnded = true
        return try client.ask(.list(list), for: ListedStreams.self).result
    }
}

/// As `list` answers.
struct ListedStreams: Decodable {
    struct Entry: Decodable {
        let stream: String
        let lastInput: Double?
    }

    let streams: [Entry]
    let next: String?
}

extension ClientError {
    func isRefusal(of codes: [String]) -> Bool {
        if case .declined(let refusal, _) = self { codes.contains(refusal.code) } else { false }
    }
}
