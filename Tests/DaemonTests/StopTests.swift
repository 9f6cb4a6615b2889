import Daemon
import Engine
import Foundation
import Logging
import ServiceLifecycle
import TestSupport
import Testing
import Wire
import ZeroMQ

/// What was accepted before a stop comes out.
@Suite struct StopTests {
    private let count = 200

    private func requests() throws -> [EngineInput] {
        try (0..<count).map {
            .request(Request(stream: try StreamID("s\($0 % 7)"), text: bytes("message \($0)")))
        }
    }

    @Test(arguments: [1, 2]) func everythingAcceptedComesOut(threads: Int) throws {
        let context = try Context()
        let model = try TestModel.make()
        let pipeline = try Pipeline(
            .of(
                [.of(.pull, [try Endpoint("inproc://in")])],
                [.of(.push, [try Endpoint("inproc://out")])], threads: threads),
            model: model, context: context)
        let puller = try Socket(.pull, in: context, options: .test())
        try puller.connect(try Endpoint("inproc://out"))
        let pusher = try Socket(.push, in: context, options: .test())
        try pusher.connect(try Endpoint("inproc://in"))
        for number in 0..<count { try pusher.send("s\(number % 7)", "message \(number)") }
        // On inproc, what was sent is accepted; most of it has not been looked at yet.
        #expect(pipeline.finish())
        let expected = try publishedDirectly(requests(), model: model)
        let published = try expected.map { _ in try puller.receiveEvent() }
        expectSame(published.byTopic, expected.byTopic)
        #expect(pipeline.sent(0) == expected.count)
    }

    /// The whole daemon, stopped as a service is.
    @Test func theServiceStopsGracefully() async throws {
        var output = Configuration.Output.of(.push, [try Endpoint("tcp://127.0.0.1:*")])
        output.socket.linger = .seconds(60)
        let log = RecordedLog()
        var configuration = Configuration.of(
            [.of(.pull, [try Endpoint("tcp://127.0.0.1:*")])], [output])
        configuration.journal.path =
            NSTemporaryDirectory() + "/sluice-stop-\(UUID().uuidString.prefix(8))/journal.sqlite"
        defer { try? FileManager.default.removeItem(atPath: folder(of: configuration)) }
        let daemon = try Daemon(
            configuration, model: try TestModel.make(), logger: log.logger)
        #expect(daemon.inputEndpoints.allSatisfy { !$0.isWildcard })
        let first = try exchange(daemon)
        let group = ServiceGroup(
            services: [daemon],
            logger: Logger(label: "quiet") { _ in
                SwiftLogNoOpLogHandler()
            })
        async let running: Void = group.run()
        await group.triggerGracefulShutdown()
        try await running
        #expect(first.topic == "stream/s")
        let last = try #require(log.lines.last)
        #expect(last.text == "stopped")
        #expect(last.metadata["requests"] == "2")
        #expect(last.metadata["tokens"] == "4")
        #expect(last.metadata["rows"] == "6")
        #expect(last.metadata["streams"] == "1")
        #expect(last.metadata["refused.frame_count"] == "1")
    }

    private func folder(of configuration: Configuration) -> String {
        URL(filePath: configuration.journal.path ?? "").deletingLastPathComponent().path
    }

    /// Sends a text and a message of too many frames; waits for all that is said of them.
    private func exchange(_ daemon: Daemon) throws -> Published {
        let context = try Context()
        let pusher = try Socket(.push, in: context, options: .test())
        try pusher.connect(daemon.inputEndpoints[0])
        let puller = try Socket(.pull, in: context, options: .test())
        try puller.connect(daemon.outputEndpoints[0])
        try pusher.send("s", "abc")
        try pusher.send("1", "2", "3", "4")
        try pusher.send("s", "!")
        // started, 3 tokens of 2, message, refusal, 1 token of 2, message.
        let events = try (0..<12).map { _ in try puller.receiveEvent() }
        #expect(Set(events.map(\.topic)) == ["stream/s", "next/s", "sentiment/s", "error/"])
        return try #require(events.first { $0.topic.hasSuffix("/s") })
    }
}
