import Foundation
import TestSupport
import Testing
import ZeroMQ

/// `sluice ctl` and signals on a daemon that is a process of its own.
@Suite struct ControlCommandTests {
    private func control(
        _ daemon: ServedDaemon, _ arguments: String...
    ) throws -> SluiceProcess.Result {
        try SluiceProcess.run(
            ["ctl"] + arguments + ["--to", try daemon.endpoint(.control).text])
    }

    private func change(_ daemon: ServedDaemon, _ text: String) throws {
        let file = daemon.folder.path("sluice.toml")
        let old = try String(contentsOfFile: file, encoding: .utf8)
        _ = try daemon.folder.write(text + "\n" + old, to: "sluice.toml")
    }

    @Test func aDaemonIsWatchedAndChangedAndDrained() throws {
        let daemon = try ServedDaemon(
            [.in, .control], environment: ["SLUICE_LOG_STATISTICS_EVERY": "never"])
        let status = try control(daemon, "status")
        #expect(status.status == 0, "\(status.errors)")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any])
        #expect(object["uptime"] as? Double != nil)
        #expect(try control(daemon, "log-level", "debug").status == 0)
        try daemon.process.waitForErrors(containing: "event=log_level_set level=debug")

        try change(daemon, "limits.connections = 7\nengine.top = 2")
        let reload = try control(daemon, "reload")
        #expect(reload.status == 0, "\(reload.errors)")
        #expect(
            reload.output == #"{"applied":["limits.connections","log.level"],"#
                + #""needs_restart":["engine.top"],"notes":[]}"# + "\n")

        // By the signal, what is wrong is in the log, and nothing ends.
        try change(daemon, "limits.conections = 7")
        daemon.process.signal(SIGHUP)
        try daemon.process.waitForErrors(containing: "did you mean 'connections'?")
        let bad = try control(daemon, "reload")
        #expect(bad.status == 78 && bad.errors.contains("did you mean 'connections'?"))

        #expect(try control(daemon, "kick", "1000000").status == 66)
        #expect(try control(daemon, "checkpoint").status == 0)
        #expect(try control(daemon, "evict", "none").status == 66)
        let top = try control(daemon, "top", "--every", "10ms")
        #expect(top.status == 0 && top.output.contains("tokens/s"), "\(top.errors)")
        let connections = try control(daemon, "connections")
        #expect(connections.lines.contains { $0.contains(#"/control""#) })
        #expect(try control(daemon, "drain").status == 0)
        let result = try daemon.process.finish()
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("event=drain_requested"))
    }

    @Test func whatIsWrongIsToldAtOnce() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "model = \"nowhere\"\n[engine]\ntop = 0\n[limits]\ntotal_bytes = 2000", to: "a.toml")
        let result = try SluiceProcess.run(
            ["serve", "--config", file, "--check"],
            environment: ["SLUICE_ENGINE_THREAD": "4", "SLUICE_LOG_LEVEL": "loud"])
        #expect(result.status == 78)
        let expected = [
            "\(file):1:1: model:", "\(file):3:1: engine.top:", "\(file):5:1: limits.total_bytes:",
            "SLUICE_LOG_LEVEL: log.level:", "did you mean SLUICE_ENGINE_THREADS?",
        ]
        for words in expected { #expect(result.errors.contains(words), "\(result.errors)") }
    }

    @Test func theLogCanBeJSONWithPriorities() throws {
        let daemon = try ServedDaemon(
            [.in],
            environment: ["SLUICE_LOG_FORMAT": "json", "SLUICE_LOG_PRIORITY": "always"],
            isAwaited: false)
        try daemon.process.waitForErrors(containing: #""event":"serving""#)
        let result = try daemon.stop()
        for line in result.errors.split(separator: "\n") {
            #expect(line.hasPrefix("<"))
            #expect(
                (try? JSONSerialization.jsonObject(with: Data(line.dropFirst(3).utf8))) != nil,
                "\(line)")
        }
    }
}
