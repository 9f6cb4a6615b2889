import Client
import Files
import Foundation
import Synchronization
import Testing
import Wire
import ZeroMQ

/// Against real sockets. The session runs on a thread of its own; the test receives.
@Suite struct PublishSessionTests {
    private let context: Context
    private let stream: StreamID

    init() throws {
        context = try Context()
        stream = try StreamID("news")
    }

    /// By tcp: where a peer on ipc closes, libzmq 4.3.4 forgets what a full receiver had not read.
    @Test func losesNothingToASlowSubscriberThatComesLater() throws {
        var slow = SocketOptions()
        slow.receiveHighWaterMark = 10
        let socket = try Socket(.sub, in: context, options: slow)
        let endpoint = try socket.bind(Endpoint("tcp://127.0.0.1:*"))
        var options = PublisherOptions(endpoint: endpoint, way: .publish, stream: stream)
        options.mode = .line
        options.endsStream = true
        // More than all queues on the way hold, so that it also has to wait for room.
        let lines = (0..<20_000).map { "line \($0)" }
        let publishing = Running { [options] interruption, report in
            let input = Chunks([.bytes(Array(lines.joined(separator: "\n").utf8)), .endOfText])
            return try PublishSession.publish(
                input, options, interruption: interruption, report: report)
        }
        try socket.subscribe("")

        for line in lines { #expect(try receive(socket) == ["news", line, #"{"more":false}"#]) }
        #expect(try receive(socket) == ["news", "", #"{"op":"end"}"#])
        let summary = try publishing.result()
        #expect(summary.messageCount == 20_000 && !summary.wasInterrupted)
        #expect(summary.byteCount == lines.reduce(0) { $0 + $1.utf8.count })
    }

    @Test func sendsAWholeTextInPiecesToAPuller() throws {
        let endpoint = try freeEndpoint()
        var options = PublisherOptions(endpoint: endpoint, way: .push, stream: stream)
        options.longestPiece = 4
        let socket = try Socket(.pull, in: context)
        try socket.bind(endpoint)
        let publishing = Running { [options] interruption, report in
            let input = Chunks([.bytes(Array("abcdef".utf8)), .bytes([120]), .endOfText])
            return try PublishSession.publish(
                input, options, interruption: interruption, report: report)
        }
        for text in ["abcd", "ef", "x"] {
            #expect(try receive(socket) == ["news", text, #"{"more":true}"#])
        }
        #expect(try receive(socket) == ["news", "", #"{"more":false}"#])
        #expect(try publishing.result().messageCount == 1)
        #expect(publishing.reports.contains(.progress(sentByteCount: 7)))
    }

    @Test func givesUpWhenNobodyComes() throws {
        let endpoint = try freeEndpoint()
        var options = PublisherOptions(endpoint: endpoint, way: .publish, stream: stream)
        options.patience = .milliseconds(50)
        let publishing = Running { [options] interruption, report in
            try PublishSession.publish(
                Chunks([]), options, interruption: interruption, report: report)
        }
        let error = try #require(throws: ClientError.self) { try publishing.result() }
        #expect("\(error)".contains("\(endpoint): no answer"))
    }

    @Test func aSubscriberToOtherStreamsIsNotEnough() throws {
        let endpoint = try freeEndpoint()
        var options = PublisherOptions(endpoint: endpoint, way: .publish, stream: stream)
        options.patience = .milliseconds(200)
        let socket = try Socket(.sub, in: context)
        try socket.bind(endpoint)
        try socket.subscribe("newspaper")
        let publishing = Running { [options] interruption, report in
            try PublishSession.publish(
                Chunks([]), options, interruption: interruption, report: report)
        }
        let error = try #require(throws: ClientError.self) { try publishing.result() }
        #expect("\(error)".contains("no subscriber for the stream 'news'"))
    }

    @Test func anInterruptionEndsTheOpenMessage() throws {
        let endpoint = try freeEndpoint()
        let options = PublisherOptions(endpoint: endpoint, way: .publish, stream: stream)
        let socket = try Socket(.sub, in: context)
        try socket.bind(endpoint)
        try socket.subscribe("ne")
        let publishing = Running { [options] interruption, report in
            try PublishSession.publish(
                Chunks([.bytes([97]), .pending]), options, interruption: interruption,
                report: report)
        }
        #expect(try receive(socket) == ["news", "a", #"{"more":true}"#])
        publishing.interruption.request()
        #expect(try receive(socket) == ["news", "", #"{"more":false}"#])
        #expect(try publishing.result().wasInterrupted)
    }

    @Test func goesOnWhenTheOtherEndComesBack() throws {
        let endpoint = try freeEndpoint()
        var options = PublisherOptions(endpoint: endpoint, way: .publish, stream: stream)
        options.mode = .line
        let gate = Pipe()
        let reader = dup(gate.fileHandleForReading.fileDescriptor)
        let publishing = Running { [options] interruption, report in
            let input = Chunks(
                [.bytes(Array("before\n".utf8)), .pending, .bytes(Array("after\n".utf8))],
                gate: reader)
            return try PublishSession.publish(
                input, options, interruption: interruption, report: report)
        }
        try receiveOnce(at: endpoint, expecting: "before")
        publishing.awaitNotice { $0.contains("lost the connection") }
        try gate.fileHandleForWriting.write(contentsOf: Data([1]))
        // It stays until the publisher has ended: one that is lost before may miss the last message.
        let socket = try subscriber(at: endpoint)
        #expect(try receive(socket)[1] == "after")
        #expect(try publishing.result().messageCount == 2)
        #expect(publishing.reports.contains(.notice("connected again to \(endpoint)")))
    }

    private func receiveOnce(at endpoint: Endpoint, expecting text: String) throws {
        #expect(try receive(subscriber(at: endpoint))[1] == text)
    }

    private func subscriber(at endpoint: Endpoint) throws -> Socket {
        let socket = try Socket(.sub, in: context)
        try socket.bind(endpoint)
        try socket.subscribe("")
        return socket
    }

    private func receive(_ socket: borrowing Socket) throws -> [String] {
        var message = Multipart(frameLimit: 4)
        try socket.setReceiveTimeout(.seconds(20))
        #expect(try socket.receive(into: &message))
        return message.copyFrames().map { String(decoding: $0, as: UTF8.self) }
    }

    /// A path rather than a port: nobody else takes it.
    private func freeEndpoint() throws -> Endpoint {
        try Endpoint("ipc:///tmp/sluice-test-\(UUID().uuidString)")
    }
}

/// Text from memory; waits where told to until there is something in `gate`, or for ever.
struct Chunks: TextInput {
    private var chunks: ArraySlice<InputChunk>
    private let gate: Descriptor?

    init(_ chunks: [InputChunk], gate: Int32? = nil) {
        self.chunks = chunks[...]
        self.gate = gate.map { Descriptor(FileDescriptor(owning: $0)) }
    }

    var totalByteCount: Int? { nil }
    var descriptor: Descriptor? { gate }

    mutating func read() -> InputChunk { chunks.popFirst() ?? .end }
}

/// A session on a thread of its own.
final class Running<Summary: Sendable>: Sendable {
    typealias Report = (PublishReport) -> Void

    let interruption: Interruption
    private let state = Mutex<
        (reports: [PublishReport], result: Result<Summary, any Error>?)
    >(
        ([], nil))
    private let ended = DispatchSemaphore(value: 0)
    private let reported = DispatchSemaphore(value: 0)

    init(_ body: @escaping @Sendable (Interruption, @escaping Report) throws -> Summary) {
        guard let interruption = try? Interruption() else { preconditionFailure("no eventfd") }
        self.interruption = interruption
        Thread.detachNewThread { [self] in
            let result = Result {
                try body(interruption) { report in
                    self.state.withLock { $0.reports.append(report) }
                    self.reported.signal()
                }
            }
            state.withLock { $0.result = result }
            ended.signal()
        }
    }

    var reports: [PublishReport] { state.withLock { $0.reports } }

    func result() throws -> Summary {
        ended.wait()
        guard let result = state.withLock({ $0.result }) else { throw CancellationError() }
        return try result.get()
    }

    var hasEnded: Bool { state.withLock { $0.result != nil } }

    var notices: [String] {
        reports.compactMap { if case .notice(let text) = $0 { text } else { nil } }
    }

    func awaitNotice(_ isWanted: (String) -> Bool) {
        while !notices.contains(where: isWanted) { reported.wait() }
    }

    func awaitReport(_ isWanted: (PublishReport) -> Bool) {
        while !reports.contains(where: isWanted) { reported.wait() }
    }
}
