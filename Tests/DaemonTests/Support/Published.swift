import Foundation
import Testing
import ZeroMQ

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A failing test ends within this time instead of hanging.
let patience = Duration.seconds(60)

extension SocketOptions {
    /// For the tests' own sockets: bounded waits and unbounded queues.
    static func test(highWaterMark: Int = 0) -> SocketOptions {
        var options = SocketOptions()
        options.sendHighWaterMark = highWaterMark
        options.receiveHighWaterMark = highWaterMark
        options.sendTimeout = patience
        options.receiveTimeout = patience
        options.linger = .zero
        return options
    }
}

extension Socket {
    func send(_ frames: String...) throws {
        #expect(try send(frames.map { Array($0.utf8) }) == .sent)
    }

    /// Lets libzmq see to new connections; takes a message if there is one.
    func pump() throws {
        var message = Multipart(frameLimit: 1)
        _ = try receive(into: &message, wait: .never)
    }

    /// The next message; fails the test if none comes.
    func receiveFrames(atMost limit: Int = 8) throws -> [[UInt8]] {
        var message = Multipart(frameLimit: limit)
        try #require(try receive(into: &message), "no message came")
        return message.copyFrames()
    }

    /// The next output message.
    func receiveEvent() throws -> Published { try Published(frames: receiveFrames()) }

    /// Output messages up to and with the end of so many streams.
    func receiveEvents(untilEnded count: Int) throws -> [Published] {
        var events: [Published] = []
        var ended = 0
        while ended < count {
            events.append(try receiveEvent())
            if events[events.count - 1].body.contains(#""change":"ended""#) { ended += 1 }
        }
        return events
    }
}

/// An output message: `topic | body | sequence`.
struct Published: Hashable {
    let topic: String
    let body: String
    let sequence: UInt64

    init(topic: String, body: String, sequence: UInt64) {
        (self.topic, self.body, self.sequence) = (topic, body, sequence)
    }

    init(frames: [[UInt8]]) throws {
        try #require(frames.count == 3)
        try #require(frames[2].count == 8)
        topic = try #require(String(validating: frames[0], as: UTF8.self))
        body = try #require(String(validating: frames[1], as: UTF8.self))
        sequence = frames[2].enumerated().reduce(0) { $0 | UInt64($1.element) << (8 * $1.offset) }
    }
}

extension [Published] {
    /// By topic, in the order of each; topics of different shards have no order among them.
    var byTopic: [String: [Published]] { Dictionary(grouping: self, by: \.topic) }
}

/// Equal, or the first difference: all of it would be megabytes.
func expectSame(
    _ found: [String: [Published]], _ expected: [String: [Published]],
    location: SourceLocation = #_sourceLocation
) {
    #expect(found.keys.sorted() == expected.keys.sorted(), sourceLocation: location)
    for (topic, events) in expected {
        let differing = zip(found[topic] ?? [], events).first { $0 != $1 }
        #expect(differing?.0 == differing?.1, sourceLocation: location)
        #expect(found[topic]?.count == events.count, "\(topic)", sourceLocation: location)
    }
}
