import Daemon
import Foundation
import Logging
import StrictTOML
import TestSupport
import Testing
import Wire
import ZeroMQ

/// A running daemon takes a changed configuration: all of it or nothing.
@Suite struct ReloadTests {
    private let folder: TemporaryFolder
    private let context: Context

    init() throws {
        folder = try TemporaryFolder()
        context = try Context()
    }

    private func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.path(name))
    }

    private func ipc(_ name: String) -> String { "ipc://\(folder.path)/\(name)" }

    private func write(in binds: [String], _ more: String = "") throws -> String {
        let binds = binds.map { "\"\(ipc($0))\"" }.joined(separator: ", ")
        return try folder.write(
            """
            \(more)
            [[input]]
            type = "router"
            bind = [\(binds)]
            [[output]]
            type = "push"
            slow_reader = "drop"
            bind = ["\(ipc("out"))"]
            [journal]
            durability = "off"
            [control]
            bind = []
            """, to: "sluice.toml")
    }

    /// A daemon that reads this file again.
    private func daemon(_ file: String) throws -> RunningDaemon {
        let source = ConfigurationSource(file: file) { $0.engine.threads = 1 }
        return try RunningDaemon(source.read(), model: try TestModel.make(), source: source)
    }

    private func dealer(_ name: String) throws -> Socket {
        let socket = try Socket(.dealer, in: context, options: .test())
        try socket.connect(try Endpoint(ipc(name)))
        return socket
    }

    private func acknowledgement(_ socket: borrowing Socket, _ text: String) throws -> String {
        try socket.send("stream", text)
        return String(decoding: try socket.receiveFrames()[1], as: UTF8.self)
    }

    @Test func endpointsChangeWhileConnectionsStay() throws {
        let daemon = try daemon(try write(in: ["a"]))
        let old = try dealer("a")
        #expect(try acknowledgement(old, "one").contains("accepted"))
        _ = try write(in: ["b"])
        let report = try daemon.daemon.reload()
        #expect(report.applied == ["input[0].bind"])
        #expect(report.needsRestart.isEmpty)
        let new = try dealer("b")
        #expect(try acknowledgement(new, "two").contains("accepted"))
        #expect(try acknowledgement(old, "three").contains("accepted"))
        // Nothing listens at the old one any more, and it can be bound again.
        let deadline = ContinuousClock.now + patience
        while exists("a"), ContinuousClock.now < deadline { sched_yield() }
        #expect(!exists("a"))
        _ = try write(in: ["b", "a"])
        #expect(try daemon.daemon.reload().applied == ["input[0].bind"])
        let again = try dealer("a")
        #expect(try acknowledgement(again, "four").contains("accepted"))
        #expect(try acknowledgement(new, "five").contains("accepted"))
    }

    @Test func limitsApplyToConnectionsThatAreThere() throws {
        let daemon = try daemon(try write(in: ["a"]))
        let socket = try dealer("a")
        #expect(try acknowledgement(socket, "a long text").contains("accepted"))
        _ = try write(in: ["a"], "limits.max_text_bytes = 4\nlog.level = \"debug\"")
        #expect(
            try daemon.daemon.reload().applied == ["limits.max_text_bytes", "log.level"])
        // The thread of the socket takes the change before the next message.
        #expect(try acknowledgement(socket, "a long text").contains("text_too_large"))
        // A frame beyond the gate's limit, of a connection from before.
        _ = try write(
            in: ["a"], "limits = { max_text_bytes = 4, message_bytes = 2048, total_bytes = 8192 }")
        _ = try daemon.daemon.reload()
        // The thread of the socket hands the change on to the gate before it takes a message.
        #expect(try acknowledgement(socket, "abc").contains("accepted"))
        try socket.send("stream", String(repeating: "x", count: 4000))
        let deadline = ContinuousClock.now + patience
        while daemon.daemon.statistics["closed.message_bytes"] == nil,
            ContinuousClock.now < deadline
        { sched_yield() }
        #expect("\(daemon.daemon.statistics["closed.message_bytes"] ?? "none")" == "1")
    }

    @Test func namesWhatNeedsARestart() throws {
        let daemon = try daemon(try write(in: ["a"]))
        _ = try write(
            in: ["a"],
            "engine.top = 3\nengine.max_batch = 8\nlog.statistics_every = \"never\"\n"
                + "shutdown.timeout = \"1s\"")
        let report = try daemon.daemon.reload()
        #expect(report.applied == ["log.statistics_every", "shutdown.timeout"])
        #expect(report.needsRestart == ["engine.max_batch", "engine.top"])
        #expect(daemon.daemon.configuration.engine.top == 5)
        #expect(daemon.daemon.configuration.shutdown.timeout == .seconds(1))
        // They are named until the restart, while what was applied is not.
        #expect(try daemon.daemon.reload().applied.isEmpty)
        #expect(try daemon.daemon.reload().needsRestart == report.needsRestart)
        let line = try #require(daemon.log.lines.last)
        #expect(line.metadata["event"] == "reload_finished")
        #expect(line.metadata["needs_restart"] == "engine.max_batch engine.top")
        #expect(line.metadata["applied"] == "none")
    }

    @Test func aBadFileChangesNothing() throws {
        let file = try write(in: ["a"])
        let daemon = try daemon(file)
        let before = daemon.daemon.configuration
        _ = try write(in: ["b"], "log.level = \"debug\"\nlog.levle = 1\nengine.top = 0")
        let error = try #require(throws: ReloadError.self) { try daemon.daemon.reload() }
        #expect(error.problems.count == 2)
        #expect(
            error.problems.contains { $0.hasPrefix("\(file):2:1: log.levle: unknown key") },
            "\(error.problems)")
        #expect(daemon.daemon.configuration == before)
        #expect(!exists("b"))
        let lines = daemon.log.lines.filter { $0.metadata["event"] == "reload_failed" }
        #expect(lines.map(\.level) == [.error, .error])
        #expect(try acknowledgement(try dealer("a"), "text").contains("accepted"))
    }

    @Test func anEndpointThatCannotBeBoundChangesNothing() throws {
        let taken = try Socket(.pull, in: context)
        try taken.bind(try Endpoint(ipc("taken")))
        let daemon = try daemon(try write(in: ["a"]))
        let before = daemon.daemon.configuration
        _ = try write(in: ["b", "taken", "nowhere/c"], "log.level = \"debug\"")
        let error = try #require(throws: ReloadError.self) { try daemon.daemon.reload() }
        #expect(error.problems.map { $0.prefix(16) } == ["input[0].bind[1]", "input[0].bind[2]"])
        #expect(daemon.daemon.configuration == before)
        // What could be bound is bound no more.
        #expect(!exists("b"))
        #expect(try acknowledgement(try dealer("a"), "text").contains("accepted"))
    }

    @Test func valuesThatDoNotFitToThoseThatStayAreRefused() throws {
        let daemon = try daemon(try write(in: ["a"]))
        var wanted = daemon.daemon.configuration
        wanted.limits.messageBytes = 1 << 10
        #expect(throws: ReloadError.self) { try daemon.daemon.reload(wanted) }
        #expect(daemon.daemon.configuration.limits.messageBytes == nil)
    }
}
