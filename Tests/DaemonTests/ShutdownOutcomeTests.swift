import Engine
import Logging
import ServiceLifecycle
import TestSupport
import Testing
import Wire
import ZeroMQ

@testable import Daemon

/// A stop that does not wait says what becomes of the rest.
@Suite struct ShutdownOutcomeTests {
    @Test(arguments: [true, false]) func ofTextThatWasAcceptedAndNotRead(keeps: Bool) async throws {
        let folder = try TemporaryFolder()
        let log = RecordedLog()
        var configuration = Configuration.of(
            [.of(.router, [try Endpoint("ipc://\(folder.path)/in")])],
            [.of(.push, [try Endpoint("ipc://\(folder.path)/out")], slowReader: .drop)])
        configuration.journal.durability = keeps ? .commit : .off
        configuration.journal.path = folder.path + "/journal.sqlite"
        configuration.control.bind = []
        configuration.shutdown.timeout = .zero
        let daemon = try Daemon(
            configuration, model: try TestModel.make(), logger: log.logger)
        try send(String(repeating: "x", count: 100_000), to: daemon)
        let group = ServiceGroup(
            services: [daemon], logger: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() })
        async let running: Void = group.run()
        await group.triggerGracefulShutdown()
        try await running
        let line = try #require(
            log.lines.first { $0.text.contains("accepted text that was not processed") })
        #expect(line.level == .warning)
        #expect(
            line.text.hasSuffix(
                keeps ? "is in the store, and the next start processes it" : "is dropped"))
        #expect(line.metadata["streams"] == "1" && line.metadata["requests"] == "1")
        let bytes = try #require(line.metadata["bytes"].flatMap { Int($0) })
        let tokens = try #require(
            log.lines.last?.metadata["tokens"].flatMap { Int($0) })
        // A token is a byte here; all were read or are left.
        #expect(bytes + tokens == 100_000)
    }

    private func send(_ text: String, to daemon: Daemon) throws {
        let context = try Context()
        let dealer = try Socket(.dealer, in: context, options: .test())
        try dealer.connect(daemon.inputEndpoints[0])
        try dealer.send("s", text)
        #expect(try dealer.receiveFrames().count == 2)
    }

    @Test func everyStageHasItsOwnWords() {
        #expect(ShutdownOutcome().warnings(isKept: true).isEmpty)
        var outcome = ShutdownOutcome()
        outcome.isSent = false
        #expect(outcome.warnings(isKept: true).map(\.message).count == 1)
        outcome.unread = UnreadInput()
        outcome.unread?.messages = 3
        outcome.isKept = false
        outcome.isAnswered = false
        let warnings = outcome.warnings(isKept: true)
        #expect(warnings.count == 4)
        #expect(warnings[0].message.contains("were not accepted are dropped unanswered"))
        #expect(warnings[0].metadata == ["messages": "3"])
    }
}
