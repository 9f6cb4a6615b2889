import Foundation
import Testing
import ZeroMQ

/// `replay step`, `diff` and `whatif` on a store that a daemon wrote.
@Suite(.blocking) struct ReplayStepTests {
    /// A daemon's store with one stream, `reviews`, of these messages.
    private final class Recorded {
        let daemon: ServedDaemon

        init(_ texts: [String]) throws {
            daemon = try ServedDaemon()
            let peers = try Peers()
            let pusher = try peers.pusher(daemon)
            let puller = try peers.puller(daemon)
            for (index, text) in texts.enumerated() {
                try pusher.send("reviews", text, "{\"seq\":\(index + 7)}")
            }
            var left = texts.count
            _ = try puller.receiveEvents { event in
                if event.isMessageEnd { left -= 1 }
                return left == 0
            }
            try daemon.stop()
        }

        func replay(
            _ command: String, _ arguments: String..., input: String = ""
        ) throws -> SluiceProcess.Result {
            try SluiceProcess.run(
                ["replay", command, "reviews", "--store", daemon.store] + arguments, input: input)
        }
    }

    private static let texts = ["I loved it.", "A dull film, sorry.", "Good music."]

    // MARK: Step

    @Test func scriptsShowPlaces() throws {
        let store = try Recorded(Self.texts)
        let result = try store.replay(
            "step", "--commands", "go 12; show; n 3; p; go message:2; g end; n")
        #expect(result.status == 0, "\(result.errors)")
        let places = result.lines.filter { $0.hasPrefix("reviews · ") }
        #expect(
            places.map { $0.split(separator: " · ")[1...3].joined(separator: ", ") } == [
                "token 12, message 1, bytes 12–13", "token 12, message 1, bytes 12–13",
                "token 15, message 1, bytes 15–16", "token 14, message 1, bytes 14–15",
                "token 30, message 2, bytes 30–31", "token 40, message 2, bytes 40–41",
            ])
        #expect(result.output.contains("A⟦ ⟧dull film, sorry."))
        #expect(result.output.contains("request 1 text, 19 bytes, seq 8"))
        #expect(result.output.contains("|h|"))
        #expect(result.output.contains("largest "))
        #expect(result.output.contains("surprisal "))
        #expect(result.lines.last == "this is the end")
        #expect(!result.output.contains("\u{1B}"))
    }

    /// What a token has is printed as it is: a gate, a unit, or whatever an expression makes of them.
    @Test func valuesArePrinted() throws {
        let store = try Recorded(Self.texts)
        let result = try store.replay(
            "step", "--commands",
            "= token; go 12; = token; print z[0][3]; = z[0][3] - z[0][3]; = surprisal > 0; "
                + "= saturation(r[0]) * 0 + 2; = text matches / /; print id")
        #expect(result.status == 0, "\(result.errors)")
        let told = result.lines.filter { $0.contains(" = ") || $0.contains(": ") }
        try #require(told.count == 8, "\(result.output)")
        #expect(told[0] == "token: this place has none")
        #expect(told[1] == "token = 12")
        let gate = try #require(Double(told[2].dropFirst("z[0][3] = ".count)))
        #expect((0...1).contains(gate))
        #expect(
            Array(told[3...]) == [
                "z[0][3] - z[0][3] = 0", "surprisal > 0: true", "saturation(r[0]) * 0 + 2 = 2",
                "text matches / /: true", "id = 32",
            ])
        for wrong in ["print", "print z[0]", "print q[0][1]", "= (1", "= 1 2"] {
            #expect(try store.replay("step", "--commands", wrong).status == 64, "\(wrong)")
        }
    }

    @Test func scriptsStopAtBreakpoints() throws {
        let store = try Recorded(Self.texts)
        let result = try store.replay(
            "step", "--break", "text matches /o{2}/", "--break", "token == 20", "--commands",
            "b; c; c; c; C; d 2; c; C; d all; b")
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            result.lines.filter { !$0.hasPrefix("‘") }.map {
                $0.split(separator: " · ").prefix(2).joined(separator: " · ")
            } == [
                "1: text matches /o{2}/", "2: token == 20", "breakpoint 2: token == 20",
                "reviews · token 20", "breakpoint 1: text matches /o{2}/", "reviews · token 32",
                "no breakpoint is hit after this", "breakpoint 2: token == 20",
                "reviews · token 20", "1: text matches /o{2}/",
                "breakpoint 1: text matches /o{2}/", "reviews · token 32",
                "no breakpoint is hit before this", "no breakpoints", "no breakpoints",
            ])
    }

    @Test func commandsComeFromAPipe() throws {
        let store = try Recorded(Self.texts)
        let result = try store.replay(
            "step", "--at", "message:1", input: "# a comment\n\n/dull/; show token\n\\A\\\nq\nn\n")
        #expect(result.status == 0, "\(result.errors)")
        let places = result.lines.filter { $0.hasPrefix("reviews") }
        #expect(places.map { $0.contains("token 16 ") } == [true, false])
        #expect(places.map { $0.contains("token 11 ") } == [false, true])
    }

    /// Commands that were given wait for nobody, though the standard input stays open.
    @Test func givenCommandsDoNotWaitForInput() throws {
        let store = try Recorded(Self.texts)
        let process = try SluiceProcess([
            "replay", "step", "reviews", "--store", store.daemon.store, "--break",
            "sentiment crosses 0", "--commands", "n 5; show; c; C; go end; /none/",
        ])
        let result = try process.finish()
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.lines.last == "no match")
    }

    @Test func anInterruptionEndsTheWaitForCommands() throws {
        let store = try Recorded(Self.texts)
        let process = try SluiceProcess([
            "replay", "step", "reviews", "--store", store.daemon.store,
        ])
        try process.input.write(contentsOf: Data("n 3\n".utf8))
        try process.waitForOutput(containing: "token 2 ")
        process.signal(SIGINT)
        #expect(try process.finish().status == 130)
    }

    @Test func wrongCommandsSaySo() throws {
        let store = try Recorded(Self.texts)
        for (arguments, message) in [
            (["--commands", "walk"], "there is no command 'walk'"),
            (["--commands", "n x"], "'x' is not a count"),
            (["--commands", "c"], "there are no breakpoints"),
            (["--commands", "go nowhere"], "'nowhere' is not a place"),
            (["--commands", "go @25:00"], "'25:00' is not a time of day"),
            (["--commands", "/(/"], "'(' is not a regular expression"),
            (["--commands", "d 4"], "there is no breakpoint 4"),
            (["--commands", "show all"], "'all' is nothing to show"),
            (
                ["--break", "surprisal >> 3"],
                "column 12: expected a quantity or a number, found '>'"
            ),
            (["--break", "c[0][1] > 3"], "column 1: c: this gru has no cell state"),
        ] {
            let result = try SluiceProcess.run(
                ["replay", "step", "reviews", "--store", store.daemon.store] + arguments)
            #expect(result.status == 64, "\(arguments)")
            #expect(result.errors.contains(message), "\(result.errors)")
        }
    }

    // MARK: On a terminal

    /// Runs its arguments on a pseudo-terminal of 80 by 24, sends what comes on its standard
    /// input, and says at the end whether the terminal is as it was. `!N` sends signal N, `#CxR`
    /// makes the terminal of another size.
    private static let terminal = """
        import fcntl, os, pty, select, signal, struct, sys, termios
        def resize(columns, rows):
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        terminal, child = pty.openpty()
        resize(80, 24)
        before = termios.tcgetattr(child)
        pid = os.fork()
        if pid == 0:
            os.setsid()
            fcntl.ioctl(child, termios.TIOCSCTTY, 0)
            for number in range(3):
                os.dup2(child, number)
            os.execv(sys.argv[1], sys.argv[1:])
        status = None
        while status is None:
            ready = select.select([terminal, 0], [], [], 0.05)[0]
            if terminal in ready:
                os.write(1, os.read(terminal, 65536))
            if 0 in ready:
                data = os.read(0, 65536)
                for part in data.decode().splitlines():
                    if part.startswith("!"):
                        os.kill(pid, int(part[1:]))
                    elif part.startswith("#"):
                        resize(*map(int, part[1:].split("x")))
                        os.kill(pid, signal.SIGWINCH)
                    else:
                        os.write(terminal, part.replace("~", "\\r").encode())
            done, code = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
            if done and os.WIFSTOPPED(code):
                restored = termios.tcgetattr(child) == before
                os.write(1, b"<stopped %d>" % restored)
                os.kill(pid, signal.SIGCONT)
            elif done:
                status = os.waitstatus_to_exitcode(code)
        while select.select([terminal], [], [], 0)[0]:
            os.write(1, os.read(terminal, 65536))
        os.write(1, b"<status %d restored %d>" % (status, termios.tcgetattr(child) == before))
        """

    private func step(
        _ store: Recorded, _ arguments: String..., environment: [String: String] = [:]
    ) throws -> SluiceProcess {
        let process = try SluiceProcess(
            [
                "-c", Self.terminal, SluiceProcess.executable.path, "replay", "step", "reviews",
                "--store", store.daemon.store,
            ] + arguments,
            environment: ["TERM": "xterm-256color", "NO_COLOR": ""].merging(environment) { $1 },
            executable: SluiceProcess.python)
        try process.waitForOutput(containing: "q quit")
        return process
    }

    private func press(_ keys: String, _ process: SluiceProcess) throws {
        try process.input.write(contentsOf: Data((keys + "\n").utf8))
    }

    @Test func keysStepOnATerminal() throws {
        let process = try step(Recorded(Self.texts), "--break", "text matches /dull/")
        #expect(process.outputSoFar.contains("\u{1B}[?1049h"))
        try process.waitForOutput(containing: "the start")
        try press("n", process)
        try process.waitForOutput(containing: "token 0 ")
        try press("\u{1B}[B", process)
        try process.waitForOutput(containing: "token 11 ")
        try press("c", process)
        try process.waitForOutput(containing: "token 16 ")
        try press("g30~", process)
        try process.waitForOutput(containing: "token 30 ")
        try press("bsurprisal >> 1~", process)
        try process.waitForOutput(containing: "column 12")
        try press("/music~", process)
        try process.waitForOutput(containing: "token 39 ")
        // The help has more rows than the terminal.
        try press("?", process)
        try process.waitForOutput(containing: "any key: more")
        try press("x", process)
        try process.waitForOutput(containing: "crosses  and or not")
        try process.waitForOutput(containing: "any key: back")
        try press("x", process)
        try press("q", process)
        let result = try process.finish()
        #expect(result.output.contains("<status 0 restored 1>"), "\(result.output.suffix(300))")
        #expect(result.output.contains("\u{1B}[?1049l"))
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func signalsGiveTheTerminalBack(signal: Int32) throws {
        let process = try step(Recorded(Self.texts))
        try press("!\(signal)", process)
        let result = try process.finish()
        #expect(
            result.output.contains("<status \(128 + signal) restored 1>"),
            "\(result.output.suffix(300))")
        #expect(result.output.contains("\u{1B}[?1049l"))
    }

    @Test(arguments: ["\u{1A}", "!\(SIGTSTP)"])
    func itStopsAndGoesOn(how: String) throws {
        let process = try step(Recorded(Self.texts))
        try press(how, process)
        try process.waitForOutput(containing: "<stopped 1>")
        try press("n", process)
        try process.waitForOutput(containing: "token 0 ")
        try press("q", process)
        #expect(try process.finish().output.contains("<status 0 restored 1>"))
    }

    @Test func itFollowsTheTerminalsSize() throws {
        let process = try step(Recorded(Self.texts))
        try press("#120x40", process)
        try process.waitForOutput(containing: "\u{1B}[40;1H")
        try press("#30x10", process)
        try process.waitForOutput(containing: "the terminal is too small")
        try press("#80x24", process)
        try press("n", process)
        try process.waitForOutput(containing: "token 0 ")
        try press("q", process)
        #expect(try process.finish().output.contains("<status 0 restored 1>"))
    }

    /// A narrow terminal shows as much as a wide one: norms, gates and what their numbers are.
    @Test func aNarrowTerminalCutsNothingOff() throws {
        let process = try step(Recorded(Self.texts))
        try press("#40x24", process)
        try process.waitForOutput(containing: "? help  q quit  n p token")
        try press("g12~", process)
        try process.waitForOutput(containing: "token 12 ")
        try press("=z[0][3]~", process)
        try process.waitForOutput(containing: "z[0][3] = ")
        try press("q", process)
        let output = try process.finish().output
        #expect(output.contains("<status 0 restored 1>"))
        let plain = output.replacing(try Regex("\u{1B}\\[[0-9;?]*[A-Za-z]"), with: "\n")
        for shown in [
            "|h|", "     z      n", "gates: % closed (<0.1) / % open (>0.9)", "surprisal",
        ] {
            #expect(plain.contains(shown), "\(shown)")
        }
    }

    @Test func noColorMeansNoColors() throws {
        let process = try step(Recorded(Self.texts), environment: ["NO_COLOR": "1"])
        try press("n", process)
        try process.waitForOutput(containing: "token 0 ")
        try press("q", process)
        let output = try process.finish().output
        #expect(!output.contains(try Regex("\u{1B}\\[[0-9;]*(3[0-9]|48|4[0-7])[;m]")))
        #expect(output.contains("\u{1B}[7m"))
    }

    // MARK: Diff and what if

    @Test func diffNamesTheFirstDifference() throws {
        let store = try Recorded(Self.texts)
        let other = Repository.fixture("gru-before").path
        var result = try store.replay("diff", "--model", other)
        #expect(result.status == 0, "\(result.errors)")
        let first = try json(result.lines[0])
        #expect(first["difference"] as? String == "surprisal")
        let summary = try #require(try json(result.lines[41])["summary"] as? [String: Any])
        #expect(summary["segments"] as? Int == 41)
        #expect(summary["top_agreement"] != nil && summary["mean_divergence"] != nil)
        result = try store.replay("diff", "--with", "reviews", "--color", "always")
        #expect(result.output.contains("no differences"))
        result = try store.replay("diff", "--model", other, "--color", "always", "--context", "2")
        #expect(result.output.contains("first difference"))
        result = try store.replay("diff")
        #expect(result.status == 64)
        result = try store.replay("diff", "--epochs", "0,5")
        #expect(result.status == 66)
        #expect(result.errors.contains("its epoch 5 has no stored token"))
    }

    @Test func whatIfIsTheSessionThatWasRecordedWithThatText() throws {
        let store = try Recorded(Self.texts)
        let before = try Data(contentsOf: URL(filePath: store.daemon.store))
        let result = try store.replay("whatif", "--replace", "1=A fine film.")
        #expect(result.status == 0, "\(result.errors)")
        let rows = try result.lines.map { try json($0) }
        let summary = try #require(rows.last?["summary"] as? [String: Any])
        #expect(summary["changed"] as? Bool == true)
        #expect(summary["tokens_after"] as? Int == 11)
        let edited = rows.compactMap { $0["edited"] as? [String: Any] }
        let text = edited.compactMap { $0["text"] as? String }.joined()
        #expect(text.hasSuffix("A fine film.Good music."))
        // The same surprisal as if it had been so.
        let other = try Recorded([Self.texts[0], "A fine film.", Self.texts[2]])
        let shown = try other.replay("show", "--events", "next").lines
            .map { try #require(try json($0)["body"] as? [String: Any])["surprisal"] as? Double }
        let surprisals = edited.map { $0["surprisal"] as? Double }
        #expect(Array(shown.suffix(surprisals.count)) == surprisals)
        #expect(try Data(contentsOf: URL(filePath: store.daemon.store)) == before)
    }

    @Test func whatIfRefusesWhatIsNotThere() throws {
        let store = try Recorded(Self.texts)
        for (arguments, message) in [
            (["--drop", "9"], "epoch 0 has no message 9; it has 3"),
            (["--set", "h[0][5]=0 at 900"], "the edited stream has no token 900"),
            (["--set", "h[9][5]=0 at 3"], "column 3: there is no layer 9"),
            (["--replace", "x=y"], "expected a message's number and a text"),
            (["--drop", "1", "--replace", "1=x"], "message 1 is replaced or dropped more"),
        ] {
            let result = try SluiceProcess.run(
                ["replay", "whatif", "reviews", "--store", store.daemon.store] + arguments)
            #expect(result.status == 64, "\(arguments)")
            #expect(result.errors.contains(message), "\(result.errors)")
        }
    }
}
