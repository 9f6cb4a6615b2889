import Foundation
import TestSupport
import Testing
import ZeroMQ

/// `sluice pub` → `sluice serve` → `sluice sub`.
@Suite(.blocking) struct PublishSubscribeTests {
    private func score(_ arguments: [String], _ input: String = "") throws -> [String] {
        try SluiceProcess.run(
            ["score", "--model", Repository.smallModel] + arguments, input: input
        ).lines
    }

    private func pub(
        _ daemon: ServedDaemon, _ arguments: String..., input: String = ""
    ) throws {
        let result = try SluiceProcess.run(
            ["pub", "--to", try daemon.endpoint(.sub).text] + arguments, input: input)
        #expect(result.status == 0, "\(result.errors)")
    }

    private func subscriber(
        _ daemon: ServedDaemon, _ arguments: String...
    ) throws -> SluiceProcess {
        let sub = try SluiceProcess(
            ["sub", "--from", try daemon.endpoint(.out).text] + arguments)
        try sub.waitUntilSubscribed(to: daemon)
        return sub
    }

    /// The lines about a stream, once it has ended.
    private func lines(of stream: String, _ sub: SluiceProcess) throws -> [String] {
        let lines = { (text: String) in
            text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
                .filter { $0.contains("/\(stream)\",") }
        }
        try sub.waitForOutput("to end \(stream)") {
            lines($0).contains { $0.contains(#""change":"ended""#) && $0.hasSuffix("}}") }
        }
        return lines(sub.outputSoFar)
    }

    @Test func whatIsPublishedIsScored() throws {
        let daemon = try ServedDaemon([.in, .sub, .out])
        let sub = try subscriber(daemon)
        let folder = try TemporaryFolder()
        let text = "A text,\r\nin lines.\n\nGrüße 👍\n"
        let file = try folder.write(text, to: "text")

        try pub(daemon, "--stream", "input", "--end", input: text)
        #expect(try lines(of: "input", sub) == score(["--stream", "input"], text))
        try pub(daemon, "--stream", "pieces", "--piece", "3", "--end", input: text)
        #expect(try lines(of: "pieces", sub) == score(["--stream", "pieces"], text))
        try pub(daemon, "--stream", "lines", "--per-line", "--end", input: text)
        #expect(
            try lines(of: "lines", sub) == score(["--stream", "lines", "--per-line"], text))
        // Two files are two messages of one stream.
        try pub(daemon, "--stream", "files", "--end", file, file)
        let offsets = try lines(of: "files", sub).filter { $0.contains(#""scope":"message""#) }
        #expect(offsets.count == 2)
        let length = text.utf8.count
        #expect(offsets[1].contains(#""offset":[\#(length),\#(2 * length)]"#))

        try SluiceProcess.run(
            [
                "pub", "--push", "--to", try daemon.endpoint(.in).text, "--stream", "pushed",
                "--end", file,
            ]
        ).expectSuccess()
        #expect(try lines(of: "pushed", sub) == score(["--stream", "pushed"], text))
        try daemon.stop()
    }

    @Test func countStopsItAfterSoManyEvents() throws {
        let daemon = try ServedDaemon([.in, .out])
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        let sub = try SluiceProcess(
            [
                "sub", "--from", try daemon.endpoint(.out).text, "--stream", "probe", "--events",
                "error", "--count", "3",
            ])
        try sub.waitUntilSubscribed(to: daemon)
        for _ in 0..<5 { try pusher.send("probes", "", #"{"op":"flush"}"#) }
        for _ in 0..<5 { try pusher.send("probe", "", #"{"op":"flush"}"#) }
        let result = try sub.finish()
        #expect(result.status == 0)
        #expect(result.lines.count == 3)
        // A stream's name is the beginning of others, which are not meant.
        #expect(result.lines.allSatisfy { $0.hasPrefix(#"{"topic":"error/probe","#) })
        try daemon.stop()
    }

    // MARK: Following a file

    @Test func followGoesOnThroughRotationAndTruncation() throws {
        let daemon = try ServedDaemon([.in, .sub, .out])
        let sub = try subscriber(daemon, "--stream", "probe")
        let folder = try TemporaryFolder()
        let log = try folder.write("before\n", to: "log")
        let follower = try SluiceProcess(
            [
                "pub", "--to", try daemon.endpoint(.sub).text, "--stream", "probe", "--per-line",
                "--follow", log, "--from-start",
            ])
        try sub.waitForOutput("to have the first line") { scores($0) == 1 }
        try folder.append("grown\nhalf ", to: "log")
        try sub.waitForOutput("to have what was added") { scores($0) == 2 }
        try folder.append("a line\n", to: "log")
        try sub.waitForOutput("to have the whole line") { scores($0) == 3 }
        try FileManager.default.moveItem(atPath: log, toPath: log + ".1")
        try folder.write("another file\n", to: "log")
        try sub.waitForOutput("to have the new file's line") { scores($0) == 4 }
        let handle = try FileHandle(forWritingTo: URL(filePath: log))
        try handle.truncate(atOffset: 0)
        try follower.waitForErrors(containing: "truncated")
        try handle.write(contentsOf: Data("cut\n".utf8))
        try sub.waitForOutput("to have the line after the cut") { scores($0) == 5 }
        follower.signal(SIGINT)
        #expect(try follower.finish().status == 0)
        let lines = ["before", "grown", "half a line", "another file", "cut"]
        let expected = try score(
            ["--per-line", "--stream", "probe"], lines.joined(separator: "\n"))
        let published = sub.outputSoFar.split(separator: "\n").map(String.init)
        #expect(published.filter { !$0.contains("error/") } == expected.dropLast())
        try daemon.stop()
    }

    /// Messages that have been scored so far.
    private func scores(_ text: String) -> Int {
        text.components(separatedBy: #""scope":"message""#).count - 1
    }

    // MARK: Reconnecting

    @Test func bothEndsConnectAgainWhenTheDaemonComesBack() throws {
        let folder = try TemporaryFolder()
        let first = try ServedDaemon([.in, .sub, .out], folder: folder)
        let log = try folder.write("", to: "log")
        let sub = try subscriber(first)
        let follower = try SluiceProcess(
            [
                "pub", "--to", try first.endpoint(.sub).text, "--stream", "log", "--per-line",
                "--follow", log, "--from-start",
            ])
        try folder.append("before\n", to: "log")
        try sub.waitForOutput("to have the first line") { scores($0) == 1 }
        try first.stop()
        try sub.waitForErrors(containing: "lost the connection")
        try follower.waitForErrors(containing: "lost the connection")
        let second = try ServedDaemon([.in, .sub, .out], folder: folder)
        try sub.waitForErrors(containing: "connected again")
        try follower.waitForErrors(containing: "connected again")
        try sub.waitUntilSubscribed(to: second, stream: "probe2")
        try folder.append("after\n", to: "log")
        try sub.waitForOutput("to have the second line") { scores($0) == 2 }
        for process in [sub, follower] {
            process.signal(SIGTERM)
            #expect(try process.finish().status == 0)
        }
        try second.stop()
        // The new daemon continues with the old one's streams.
        let starts = sub.outputSoFar.components(separatedBy: #""change":"started""#).count - 1
        #expect(starts == 1)
    }
}

extension SluiceProcess.Result {
    func expectSuccess() { #expect(status == 0, "\(errors)") }
}
