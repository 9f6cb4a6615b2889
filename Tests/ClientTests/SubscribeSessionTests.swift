import Client
import Foundation
import Names
import Synchronization
import Terminal
import Testing
import Wire
import ZeroMQ

/// Against real sockets. The session runs on a thread of its own; the test publishes.
@Suite struct SubscribeSessionTests {
    @Test func receivesItsStreamAloneAndSaysWhatIsMissing() throws {
        let context = try Context()
        let endpoint = try Endpoint("ipc:///tmp/sluice-test-\(UUID().uuidString)")
        let socket = try Socket(.xpub, in: context)
        try socket.bind(endpoint)
        var options = SubscriberOptions(endpoint: endpoint)
        options.stream = try StreamID("a")
        options.kinds = [.next, .error]
        options.count = 3
        let output = RecordedOutput()
        let session = Subscribing(options, output)

        let topics = Set([try subscription(socket), try subscription(socket)])
        #expect(topics == ["next/a", "error/a"])
        try publish(socket, "next/a", 7)
        // Topics that begin alike are sent as well, and are not what was asked for.
        try publish(socket, "next/ab", 0)
        try publish(socket, "next/a", 8)
        #expect(try socket.send([Array("next/a".utf8), [1]]) == .sent)
        try publish(socket, "next/a", 12)
        #expect(try session.count() == 3)
        #expect(
            output.lines == [
                "next a 7 {}", "next a 8 {}",
                "note received a message of 2 frames that is not an event",
                "note missed 3 events of next/a", "next a 12 {}", "finish",
            ])
    }

    /// As a daemon does that was killed: the same events under the same numbers, then what comes next.
    @Test func whatComesAgainAfterALostConnectionIsLeftOut() throws {
        let endpoint = try Endpoint("ipc:///tmp/sluice-test-\(UUID().uuidString)")
        var options = SubscriberOptions(endpoint: endpoint)
        options.kinds = [.next]
        options.count = 7
        let output = RecordedOutput()
        let session = Subscribing(options, output)
        for numbers in [0..<UInt8(5), 2..<7] {
            // Its end waits until the endpoint is free.
            let context = try Context()
            let socket = try Socket(.xpub, in: context)
            try socket.bind(endpoint)
            _ = try subscription(socket)
            for number in numbers { try publish(socket, "next/a", number) }
            // What was sent is received before the socket goes.
            output.wait(for: "next a \(numbers.last ?? 0) {}")
        }
        #expect(try session.count() == 7)
        let lines = output.lines.filter { !$0.contains(endpoint.text) }
        let expected = (0..<7).map { "next a \($0) {}" }
        #expect(lines.filter { !$0.hasPrefix("note") } == expected + ["finish"])
        #expect(lines.contains { $0.hasPrefix("note skipped 3 events repeated") })
    }

    @Test func jsonLinesAreOneObjectEach() throws {
        let pipe = Pipe()
        var output = JSONLinesOutput(
            output: TextOutput(pipe.fileHandleForWriting.fileDescriptor),
            errors: TextOutput(pipe.fileHandleForWriting.fileDescriptor))
        let topic = Topic(.next, stream: "a\"b\\é")
        try output.write(
            EventMessage(topic: topic, body: Array(#"{"v":1}"#.utf8), sequence: .max))
        try output.write(EventMessage(topic: topic, body: Array("{\n}".utf8), sequence: 0))
        try output.settle()
        try output.note("seen \u{1B}")
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(
            text == #"""
                {"topic":"next/a\"b\\é","sequence":18446744073709551615,"body":{"v":1}}
                {"topic":"next/a\"b\\é","sequence":0,"body":{}}
                sluice: seen \u{1B}

                """#)
    }

    private func publish(
        _ socket: borrowing Socket, _ topic: String, _ sequence: UInt8
    ) throws {
        let frames = [Array(topic.utf8), Array("{}".utf8), [sequence, 0, 0, 0, 0, 0, 0, 0]]
        #expect(try socket.send(frames) == .sent)
    }

    private func subscription(_ socket: borrowing Socket) throws -> String {
        var message = Multipart(frameLimit: 1)
        try socket.setReceiveTimeout(.seconds(20))
        #expect(try socket.receive(into: &message))
        return String(decoding: message.copyFrame(0).dropFirst(), as: UTF8.self)
    }
}

final class RecordedOutput: EventOutput, Sendable {
    private let state = Mutex<[String]>([])
    private let changed = DispatchSemaphore(value: 0)

    var lines: [String] { state.withLock { $0 } }

    func wait(for line: String) {
        while !lines.contains(line), changed.wait(timeout: .now() + 20) == .success {}
    }

    func write(_ message: EventMessage) {
        let body = String(decoding: message.body, as: UTF8.self)
        add("\(message.topic.kind) \(message.topic.stream) \(message.sequence) \(body)")
    }

    func note(_ text: String) { add("note \(text)") }
    func settle() {}
    func finish() { add("finish") }

    private func add(_ line: String) {
        state.withLock { $0.append(line) }
        changed.signal()
    }
}

final class Subscribing: Sendable {
    private let result = Mutex<Result<Int, any Error>?>(nil)
    private let ended = DispatchSemaphore(value: 0)

    init(
        _ options: SubscriberOptions, _ output: RecordedOutput, _ interruption: Interruption? = nil
    ) {
        Thread.detachNewThread { [self] in
            let result = Result {
                try SubscribeSession.run(
                    options, output: output, interruption: try interruption ?? Interruption())
            }
            self.result.withLock { $0 = result }
            ended.signal()
        }
    }

    func count() throws -> Int {
        ended.wait()
        guard let result = result.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }
}
