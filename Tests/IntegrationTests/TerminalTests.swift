import Foundation
import TestSupport
import Testing
import ZeroMQ

/// On a terminal: shaded text, and nothing of it that the terminal would obey.
@Suite(.blocking) struct TerminalTests {
    /// Runs its arguments on a pseudo-terminal and passes on what comes from it.
    private static let terminal = """
        import os, pty, sys
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(sys.argv[1], sys.argv[1:])
        while True:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                break
            if not data:
                break
            os.write(1, data)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """

    private func onTerminal(_ arguments: [String]) throws -> SluiceProcess {
        try SluiceProcess(
            ["-c", Self.terminal, SluiceProcess.executable.path] + arguments,
            environment: ["TERM": "xterm-256color", "COLORTERM": "", "NO_COLOR": ""],
            executable: SluiceProcess.python)
    }

    private let evil = "I loved it\u{1B}[31m\u{7}\u{9B}2J\u{202E}\u{8} truly 字"

    @Test func subShowsShadedTextWithoutTheTextsControlCharacters() throws {
        let daemon = try ServedDaemon(model: nil, [.in, .out])
        let sub = try onTerminal(
            ["sub", "--from", try daemon.endpoint(.out).text, "--until-ended", "1"])
        try sub.waitUntilSubscribed(to: daemon)
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        try pusher.send("reviews", evil, #"{"more":true}"#)
        // What may come next stands below, while it has not come.
        try sub.waitForOutput(containing: "next:")
        try pusher.send("reviews", "", #"{"op":"end"}"#)
        let result = try sub.finish()
        #expect(result.status == 0, "\(result.errors)")
        try check(result.output, stream: "reviews")
        try daemon.stop()
    }

    @Test func scoreDoesTheSame() throws {
        let folder = try TemporaryFolder()
        let result = try onTerminal(["score", try folder.write(evil, to: "review")]).finish()
        #expect(result.status == 0, "\(result.errors)")
        try check(result.output, stream: "review")
    }

    private func check(_ output: String, stream: String) throws {
        // Escape sequences of our own, by their form: colours, cursor, lines.
        let own = try Regex("\u{1B}(\\[[0-9;?]*[A-Za-z]|[78D])")
        let controls = output.replacing(own, with: "").unicodeScalars.filter {
            $0.properties.generalCategory == .control && !"\r\n\t".unicodeScalars.contains($0)
        }
        #expect(controls.isEmpty, "\(output.debugDescription)")
        #expect(!output.contains("\u{1B}[31m\u{7}"))
        #expect(!output.contains("\u{202E}"))
        // The status line is drawn between saving and restoring the cursor.
        let status = try Regex("\u{1B}7.*?\u{1B}8").dotMatchesNewlines()
        let plain = output.replacing(status, with: "").replacing(own, with: "")
        for shown in ["I loved it", #"\u{1B}[31m\u{7}\u{9B}2J\u{202E}\u{8} truly 字"#] {
            #expect(plain.contains(shown), "\(plain.debugDescription.suffix(500))")
        }
        #expect(plain.contains("\(stream)"))
        #expect(plain.contains("positive]"))
        // A background by sentiment and a weight by surprise, of 256 colours.
        #expect(output.contains(try Regex("\u{1B}\\[[0-9;]*48;5;[0-9]+m")))
        #expect(output.contains(try Regex("\u{1B}\\[(1|2)(;|m)")))
    }

    /// Of a publisher that is no daemon, or of names and texts that a daemon only passes on.
    @Test func jsonOnATerminalHasNoControlCharacters() throws {
        let folder = try TemporaryFolder()
        let peers = try Peers()
        let publisher = try peers.socket(.xpub)
        let endpoint = try publisher.bind(try Endpoint("ipc://\(folder.path)/out"))
        let arguments = ["sub", "--json", "--count", "1", "--from", endpoint.text]
        let body = "{\"text\":\"a\u{1B}[31m\u{7}\u{7F}\u{9B}2J\u{202E}\u{2066}é字\"}"
        for isTerminal in [true, false] {
            let sub = try isTerminal ? onTerminal(arguments) : SluiceProcess(arguments)
            var message = Multipart(frameLimit: 1)
            for _ in 0..<4 { try #require(try publisher.receive(into: &message)) }
            let number = [UInt8](repeating: 0, count: 8)
            try publisher.send(frames: [bytes("next/\u{9B}x"), bytes(body), number])
            let result = try sub.finish()
            #expect(result.status == 0)
            let line = try #require(result.lines.first { $0.contains("topic") })
            guard isTerminal else {
                #expect(line.contains(body) && line.contains("next/\u{9B}x"))
                continue
            }
            #expect(line.contains(#"a\u001b[31m\u0007\u007f\u009b2J\u202e\u2066é字"#))
            #expect(line.contains(#"next/\u009bx"#))
            for _ in 0..<4 { try #require(try publisher.receive(into: &message)) }
        }
    }

    @Test func noColorMeansNone() throws {
        let folder = try TemporaryFolder()
        let result = try SluiceProcess.run(
            [
                "-c", Self.terminal, SluiceProcess.executable.path, "score", "--no-color",
                "--model", Repository.smallModel, try folder.write(evil, to: "review"),
            ], environment: ["TERM": "dumb"], executable: SluiceProcess.python)
        #expect(result.status == 0)
        #expect(!result.output.contains("\u{1B}"))
        #expect(result.output.contains("I loved it"))
    }
}
