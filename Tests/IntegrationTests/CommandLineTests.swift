import Foundation
import Testing

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
        Case("pub --rate 0", 64, "--rate is above 0"),
        Case("pub --follow a b", 64, "exclude each other"),
        Case("pub --from-start", 64, "--from-start needs --follow"),
        Case("pub --piece 1", 64, "--piece is from 2"),
        Case("pub --to tcp://host", 64, "the port is missing"),
        Case("pub --wait soon", 64, "'soon' is no duration"),
        Case("sub --events nxt", 64, "no events are called 'nxt'"),
        Case("sub --count 0", 64, "--count is at least 1"),
        Case("sub --no-color --color always", 64, "exclude each other"),
        Case("serve --kernel-tier abacus", 64, "no kernel tier is called 'abacus'"),
        Case("eval", 64, "Missing expected argument"),
        Case("eval --half 2 some.tsv", 64, "--half is 0 or 1"),
        Case("eval --positive 1 some.tsv", 64, "come together"),
        Case("eval --positive >x --negative 0 some.tsv", 64, "'>x' is no label"),
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
        Case("pub --wait 10ms --to \(nobody)", 69, "nobody answers there"),
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
}
