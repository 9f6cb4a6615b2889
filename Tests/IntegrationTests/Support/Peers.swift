import Foundation
import Testing
import ZeroMQ

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A test's sockets to daemons; they stay on the thread that makes them.
struct Peers: ~Copyable {
    private let context: Context

    init() throws { context = try Context() }

    /// Bounded waits and unbounded queues.
    private static func options(_ highWaterMark: Int) -> SocketOptions {
        var options = SocketOptions()
        options.sendHighWaterMark = highWaterMark
        options.receiveHighWaterMark = highWaterMark
        options.sendTimeout = patience
        options.receiveTimeout = patience
        options.reconnectInterval = .milliseconds(10)
        options.linger = .zero
        return options
    }

    func socket(_ kind: SocketKind, highWaterMark: Int = 0) throws -> Socket {
        try Socket(kind, in: context, options: Self.options(highWaterMark))
    }

    func connect(
        _ kind: SocketKind, _ endpoint: Endpoint, highWaterMark: Int = 0
    ) throws -> Socket {
        let socket = try socket(kind, highWaterMark: highWaterMark)
        try socket.connect(endpoint)
        return socket
    }

    /// To the daemon's PULL.
    func pusher(_ daemon: ServedDaemon) throws -> Socket {
        try connect(.push, try daemon.endpoint(.in))
    }

    /// From the daemon's PUSH, which is sent everything.
    func puller(_ daemon: ServedDaemon) throws -> Socket {
        try connect(.pull, try daemon.endpoint(.all))
    }
}

extension Socket {
    func send(_ frames: String...) throws { try send(frames: frames.map(bytes)) }

    /// Fails the test if the message is not taken in time.
    func send(frames: [[UInt8]]) throws {
        let result = try send(frames)
        try #require(result == .sent, "nobody takes messages any more")
    }

    /// The next message; fails the test if none comes.
    func receiveEvent() throws -> PublishedEvent {
        var message = Multipart(frameLimit: 4)
        try #require(try receive(into: &message), "no message came")
        return try PublishedEvent(frames: message.copyFrames())
    }

    /// Output messages up to and with the first that is so.
    func receiveEvents(until isLast: (PublishedEvent) -> Bool) throws -> [PublishedEvent] {
        var events = [try receiveEvent()]
        while !isLast(events[events.count - 1]) { events.append(try receiveEvent()) }
        return events
    }
}

/// An output message: `topic | body | sequence`.
struct PublishedEvent: Hashable {
    let topic: String
    let body: String
    let sequence: UInt64

    init(frames: [[UInt8]]) throws {
        try #require(frames.count == 3)
        try #require(frames[2].count == 8)
        topic = try #require(String(validating: frames[0], as: UTF8.self))
        body = try #require(String(validating: frames[1], as: UTF8.self))
        sequence = frames[2].enumerated().reduce(0) { $0 | UInt64($1.element) << (8 * $1.offset) }
    }

    /// As `score` and `sub` print it.
    var line: String { #"{"topic":"\#(topic)","sequence":\#(sequence),"body":\#(body)}"# }

    func has(_ text: String) -> Bool { body.contains(text) }
    var isEnd: Bool { has(#""change":"ended""#) }
    var isMessageEnd: Bool { has(#""scope":"message""#) }
}

/// The keys of a body, or of a line of JSON, by name.
func json(_ text: some StringProtocol) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}
