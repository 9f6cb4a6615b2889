import Foundation
import Testing

/// The built executable, run as a process.
@Suite(.timeLimit(.minutes(1))) struct CommandLineTests {
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
        Case("pub /nowhere/text", 66, "cannot open /nowhere/text: No such file"),
        Case("pub /tmp", 66, "it is a folder"),
        Case("inspect /nowhere", 66, "/nowhere/config.json"),
        Case("pub --wait 10ms --to \(nobody)", 69, "nobody answers there"),
        Case("serve --config /nowhere.toml", 78, "there is no such file"),
        Case("serve --check --threads 0", 78, "from 1 to 1024"),
    ]

    @Test(arguments: failures) func failsWithTheDocumentedCode(_ example: Case) throws {
        let run = try Command(example.arguments).wait()
        #expect(run.code == example.code)
        #expect(run.errors.contains(example.words), "\(run.errors)")
        #expect(run.output.isEmpty)
    }

    @Test func theRootHelpTellsTheCodes() throws {
        let run = try Command(["--help"]).wait()
        #expect(run.code == 0)
        for code in Set(Self.failures.map(\.code)) {
            #expect(run.output.contains("\n  \(code)   "))
        }
    }

    @Test(arguments: ["serve", "pub", "sub", "score", "inspect"])
    func everyHelpHasAnExample(command: String) throws {
        let run = try Command([command, "--help"]).wait()
        #expect(run.code == 0)
        #expect(
            run.output.contains("  sluice \(command)") || run.output.contains("| sluice \(command)")
        )
    }

    @Test func aDamagedModelIsTheDatasFault() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("{}".utf8).write(to: folder.appending(path: "config.json"))
        let run = try Command(["inspect", folder.path]).wait()
        #expect(run.code == 65)
        #expect(run.errors.contains("config.json"))
    }

    @Test func thePrintedConfigurationServesAsAFile() throws {
        let printed = try Command(["serve", "--print-config", "--top", "3"]).wait()
        #expect(printed.code == 0)
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).toml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(printed.output.utf8).write(to: file)
        let again = try Command(["serve", "--config", file.path, "--print-config"]).wait()
        #expect(again.output == printed.output)
        #expect(again.output.contains("top = 3"))
    }

    @Test func inspectsTheShippedModel() throws {
        struct Report: Decodable {
            let cell: String
            let fingerprint: String
            let parameters: Int
            let parts: [Part]

            struct Part: Decodable { let parameters: Int }
        }
        let run = try Command(["inspect", "--json"]).wait()
        #expect(run.code == 0)
        let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
        #expect(report.cell == "lstm" && report.fingerprint.count == 64)
        #expect(report.parameters == report.parts.reduce(0) { $0 + $1.parameters })
        let text = try Command(["inspect"]).wait().output
        #expect(text.contains("fingerprint  \(report.fingerprint)\n"))
    }

    @Test(arguments: [SIGINT, SIGTERM]) func aSignalStopsThePublisherThatWaits(signal: Int32) throws
    {
        let command = try Command(["pub", "--to", Self.nobody])
        command.awaitErrors(containing: "waiting for")
        kill(command.process, signal)
        #expect(command.wait().code == 0)
    }
}
