import Foundation
import TestSupport
import Testing
import ZeroMQ

/// Arguments, exit codes and help texts.
@Suite(.blocking) struct CommandLineTests {
    struct Case: CustomTestStringConvertible {
        let arguments: [String]
        let code: Int32
        let words: String
        var testDescription: String { arguments.joined(separator: " ") }

        init(_ arguments: String, _ code: Int32, _ words: String) {
            self.arguments = arguments.split(separator: " ").map(String.init)
            self.code = code
            self.words = words
        }
    }

    private static let nobody = "ipc:///tmp/sluice-nobody-\(UUID().uuidString)"

    static let failures = [
        Case("pub --rate 0", 64, "--rate must be above 0"),
        Case("pub --follow a b", 64, "exclude each other"),
        Case("pub --from-start", 64, "--from-start needs --follow"),
        Case("pub --piece 1", 64, "--piece must be from 2"),
        Case("pub --to tcp://host", 64, "the port is missing"),
        Case("pub --wait soon", 64, "'soon' is not a duration"),
        Case("sub --events nxt", 64, "there are no events of kind 'nxt'"),
        Case("sub --count 0", 64, "--count must be at least 1"),
        Case("sub --no-color --color always", 64, "exclude each other"),
        Case("serve --kernel-tier abacus", 64, "no kernel tier is called 'abacus'"),
        Case("eval", 64, "Missing expected argument"),
        Case("eval --half 2 some.tsv", 64, "--half is 0 or 1"),
        Case("eval --positive 1 some.tsv", 64, "--positive needs --negative"),
        Case("eval --positive >x --negative 0 some.tsv", 64, "'>x' is not a label"),
        Case("eval /nowhere/text", 66, "/nowhere/text: cannot be opened"),
        Case("compare /nowhere/model", 66, "/nowhere/model/config.json"),
        Case("compare --plot a.svg some", 64, "--plot needs files"),
        Case("tokenizer train a --vocab-size 256 -o b", 64, "expected 257"),
        Case("tokenizer train a --special e -o b", 64, "found \"e\", expected each once"),
        Case("tokenizer train /nowhere/text -o /tmp/sluice-none", 66, "/nowhere/text: cannot be"),
        Case("tokenizer train /dev/null -o /nowhere/file", 74, "/nowhere/file"),
        Case("diagnose gradients --scales 0", 64, "numbers above 0"),
        Case("diagnose memory --lengths 5", 64, "from 10 to 2000"),
        Case("diagnose model /nowhere", 66, "/nowhere/config.json"),
        Case("pub /nowhere/text", 66, "cannot open /nowhere/text: No such file"),
        Case("pub /tmp", 66, "it is a folder"),
        Case("inspect /nowhere", 66, "/nowhere/config.json"),
        Case("pub --wait 10ms --to \(nobody)", 69, "no answer"),
        Case("serve --config /nowhere.toml", 78, "there is no such file"),
        Case("serve --check --threads 0", 78, "from 1 to 1024"),
    ]

    @Test(arguments: failures) func failsWithTheDocumentedCode(_ example: Case) throws {
        let run = try SluiceProcess.run(example.arguments)
        #expect(run.status == example.code)
        #expect(run.errors.contains(example.words), "\(run.errors)")
        #expect(run.output.isEmpty)
    }

    @Test func theRootHelpTellsTheCodes() throws {
        let run = try SluiceProcess.run(["--help"])
        #expect(run.status == 0)
        for code in Set(Self.failures.map(\.code)) {
            #expect(run.output.contains("\n  \(code)   "))
        }
    }

    @Test(arguments: [
        "serve", "pub", "sub", "score", "state", "inspect", "tokenizer", "eval", "compare",
        "bench",
    ]) func everyHelpHasAnExample(command: String) throws {
        let run = try SluiceProcess.run([command, "--help"])
        #expect(run.status == 0)
        #expect(
            run.output.contains("  sluice \(command)") || run.output.contains("| sluice \(command)")
        )
    }

    @Test func thePrintedConfigurationServesAsAFile() throws {
        let printed = try SluiceProcess.run(["serve", "--print-config", "--top", "3"])
        #expect(printed.status == 0)
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).toml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(printed.output.utf8).write(to: file)
        let again = try SluiceProcess.run(["serve", "--config", file.path, "--print-config"])
        #expect(again.output == printed.output)
        #expect(again.output.contains("top = 3"))
    }

    @Test(arguments: [SIGINT, SIGTERM]) func aSignalStopsThePublisherThatWaits(signal: Int32) throws
    {
        let command = try SluiceProcess(["pub", "--to", Self.nobody])
        try command.waitForErrors(containing: "waiting for")
        command.signal(signal)
        #expect(try command.finish().status == 0)
    }

    /// Each of them, and each group of them, names the nearest one.
    @Test(arguments: [
        ("pubb", "'sluice' has no subcommand 'pubb'. Did you mean 'pub'?"),
        ("help serv", "Did you mean 'serve'?"), ("state lst", "Did you mean 'list'?"),
        ("replay shw reviews", "'sluice replay' has no subcommand 'shw'. Did you mean 'show'?"),
        ("bench enginee", "Did you mean 'engine'?"), ("tokenizer trian", "Did you mean 'train'?"),
        ("diagnose memry", "Did you mean 'memory'?"),
        ("xyzzyqux", "Expected one of serve, pub, sub"),
    ]) func aMistypedSubcommandNamesTheNearest(arguments: String, words: String) throws {
        let run = try SluiceProcess.run(arguments.split(separator: " ").map(String.init))
        #expect(run.status == 64 && run.output.isEmpty)
        #expect(run.errors.contains(words), "\(run.errors)")
    }

    @Test(arguments: [
        ("diagnose gradients --cells bilstm", "'rnn-tanh', 'rnn-relu', 'lstm'"),
        ("diagnose memory --task sort", "'adding'"), ("sub --color alwys", "'always'"),
        ("score --every tokens", "'message'"), ("replay export s --format tsv", "'safetensors'"),
        ("serve --durability full", "'relaxed'"), ("serve --log-level loud", "warning"),
        ("serve --kernel-tier abacus", "portable"), ("sub --events nxt", "sentiment"),
        ("bench daemon --durability none", "relaxed"),
    ]) func aMistypedValueListsWhatThereIs(arguments: String, words: String) throws {
        let run = try SluiceProcess.run(arguments.split(separator: " ").map(String.init))
        #expect(run.status == 64 && run.output.isEmpty)
        #expect(run.errors.contains(words), "\(run.errors)")
    }

    /// Numbers that are at the ends, or none: refused or taken, but nothing traps.
    @Test(arguments: [
        "pub --rate", "pub --start-seq 0 --producer p --reliable --window",
        "replay show nothing --epoch", "replay diff s --epochs 0,1 --context",
        "diagnose gradients --forget-bias", "eval /nowhere --lanes",
    ]) func extremeNumbersDoNotTrap(option: String) throws {
        for number in ["-1", "1e-30", "inf", "18446744073709551615"] {
            let run = try SluiceProcess.run(
                option.split(separator: " ").map(String.init) + [number]
                    + (option.hasPrefix("pub") ? ["--wait", "1ms", "--to", Self.nobody] : [])
                    + (option.hasPrefix("diagnose") ? ["--lags", "1", "--hidden-size", "1"] : []))
            #expect((0..<128).contains(run.status), "\(option) \(number): \(run.errors)")
        }
    }

    /// In a shell: what writes continues after whoever reads has gone, or has no room.
    private func shell(_ command: String, ignoresPipe: Bool = false) throws -> SluiceProcess.Result
    {
        try SluiceProcess.run(
            [
                "-c", (ignoresPipe ? "trap '' PIPE; " : "") + command,
                SluiceProcess.executable.path, Repository.smallModel,
            ], executable: URL(filePath: "/bin/bash"))
    }

    @Test(arguments: [
        "--help", "--version", "help pub", "pub --help", "serve --print-config",
        #"inspect "$1""#,
    ]) func anOutputThatTakesNothingIsNoticed(arguments: String) throws {
        let run = try shell(#""$0" \#(arguments) > /dev/full"#)
        #expect(run.status == 74)
        #expect(run.errors == "sluice: cannot write the output: No space left on device\n")
    }

    /// Nothing else is opened under its number.
    @Test(arguments: ["--version", #"inspect "$1""#, #"inspect "$1" <&-"#])
    func aClosedOutputIsNoticed(arguments: String) throws {
        let run = try shell(#""$0" \#(arguments) >&-"#)
        #expect(run.status == 74)
        #expect(run.errors == "sluice: cannot write the output: Bad file descriptor\n")
    }

    @Test(arguments: ["pub --help", "serve --print-config", #"inspect "$1""#])
    func aReaderThatGoesIsNoError(arguments: String) throws {
        for ignoresPipe in [false, true] {
            // The reader has gone before anything is written.
            let run = try shell(
                #"{ sleep 0.1; "$0" \#(arguments); echo "status $?" >&2; } | true"#,
                ignoresPipe: ignoresPipe)
            #expect(run.errors == "status 141\n")
        }
    }

    @Test func theStoreIsInTheHomeFolder() throws {
        let folder = try TemporaryFolder()
        let run = try SluiceProcess.run(
            ["replay", "list"], environment: ["HOME": folder.path, "XDG_STATE_HOME": ""])
        #expect(run.status == 66)
        #expect(run.errors.contains("\(folder.path)/.local/state/sluice/journal.sqlite"))
    }

    /// By a user who may not use the socket.
    @Test(.enabled("needs root and setpriv") { canBecomeNobody() })
    func aSocketOfAnotherUsersIsNotTakenForNone() throws {
        let daemon = try ServedDaemon([.router, .out, .control])
        for (arguments, socket) in [
            (["pub", "--reliable", "--wait", "300ms", "--to"], ServedDaemon.Socket.router),
            (["state", "list", "--to"], .control),
        ] {
            let run = try SluiceProcess.run(
                asNobody + [SluiceProcess.executable.path] + arguments
                    + [try daemon.endpoint(socket).text],
                executable: URL(filePath: "/usr/bin/env"))
            #expect(run.status == 69)
            #expect(run.errors.contains("permission denied"), "\(run.errors)")
            #expect(run.errors.contains("user 'root'"), "\(run.errors)")
        }
        try daemon.stop()
    }

    /// Of the README's walk through a session.
    @Test func theReadmesBreakpointIsHit() throws {
        let readme = try Repository.text("README.md")
        let pattern = try Regex(#"--break 'surprisal > ([0-9]+)'"#, as: (Substring, Substring).self)
        let match = try #require(try pattern.firstMatch(in: readme))
        let bound = try #require(Double(match.1))
        let run = try SluiceProcess.run(
            [
                "score", "--per-line", "--events", "next",
                Repository.root.appending(path: "deploy/examples/reviews.txt").path,
            ])
        let surprisals = try run.lines.compactMap { line in
            (try json(line)["body"] as? [String: Any])?["surprisal"] as? Double
        }
        #expect(surprisals.contains { $0 > bound })
    }
}

private let asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

/// Whether tests run as root, and may run the program as somebody else.
private func canBecomeNobody() -> Bool {
    let run = try? SluiceProcess.run(
        asNobody + [SluiceProcess.executable.path, "--version"],
        executable: URL(filePath: "/usr/bin/env"))
    return geteuid() == 0 && run?.status == 0
}
