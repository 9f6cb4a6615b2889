import Foundation
import TestSupport
import Testing
import ZeroMQ

/// Publishers that are faster than a rate lose nothing and hold nobody up.
@Suite(.blocking) struct RateTests {
    private let lines = (0..<90).map { "line \($0)" }
    private let keys = """
        [limits.connection]
        messages_per_second = 1000
        [[limits.stream]]
        prefix = "slow."
        messages_per_second = 100
        message_burst = 30
        """

    private func scored(_ stream: String) throws -> [String] {
        try SluiceProcess.run(
            ["score", "--per-line", "--stream", stream, "--model", Repository.smallModel],
            input: lines.joined(separator: "\n")
        ).lines
    }

    private func lines(_ puller: borrowing Socket) throws -> [String] {
        try puller.receiveEvents { $0.isEnd }.map(\.line)
    }

    private func check(_ daemon: ServedDaemon, messages: Int) throws {
        let stopped = try daemon.stop().logged("stopped")
        #expect(stopped["messages"] == "\(messages)")
        #expect((stopped["limited.stream_messages"].flatMap { Int($0) } ?? 0) > 0)
        #expect(stopped["refused.rate_limited"] == nil)
    }

    @Test func theReliablePublisherWaitsAndLosesNothing() throws {
        let daemon = try ServedDaemon([.router, .all], keys: keys)
        let peers = try Peers()
        let puller = try peers.puller(daemon)
        let router = try daemon.endpoint(.router).text
        let result = try SluiceProcess.run(
            ["pub", "--reliable", "--to", router, "--stream", "slow.1", "--per-line", "--end"],
            input: lines.joined(separator: "\n"))
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("slowed down"), "\(result.errors)")
        #expect(result.errors.contains("more than 100 messages a second"))
        #expect(try lines(puller) == scored("slow.1"))
        try check(daemon, messages: 90)
    }

    @Test(.enabled("needs python3-zmq") { hasPyZMQ() })
    func thePublisherInPythonDoesToo() throws {
        let daemon = try ServedDaemon([.router, .out], keys: keys)
        let example = Repository.root.appending(path: "deploy/examples/reliable.py").path
        let published = try SluiceProcess.run(
            [example, "slow.2", try daemon.endpoint(.router).text],
            input: lines.joined(separator: "\n"), executable: SluiceProcess.python)
        #expect(published.status == 0, "\(published.errors)")
        #expect(published.output.contains("90 messages acknowledged"))
        try check(daemon, messages: 90)
    }

    @Test func limitsOfAKeyAreWrittenByTheCommand() throws {
        let folder = try TemporaryFolder()
        let list = ["--keys", folder.path("keys.toml")]
        let made = try SluiceProcess.run(["keygen", "alice", "-o", folder.path])
        #expect(made.status == 0, "\(made.errors)")
        func add(_ limit: String) throws -> SluiceProcess.Result {
            let key = ["alice", "--public", folder.path("alice.key"), "--rights", "publish"]
            return try SluiceProcess.run(["key", "add"] + key + ["--limit", limit] + list)
        }
        let wrong = try add("message_per_second=5")
        #expect(wrong.status != 0)
        #expect(wrong.errors.contains("did you mean 'messages_per_second'"), "\(wrong.errors)")
        #expect(try add("messages_per_second=5").status == 0)
        let listed = try SluiceProcess.run(["key", "list"] + list)
        #expect(listed.output.contains("messages_per_second=5"))
    }
}
