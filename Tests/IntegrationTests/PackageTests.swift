import Foundation
import TestSupport
import Testing

/// The manual pages and completions that `deploy/package` makes of the help texts.
@Suite(.blocking) struct PackageTests {
    private func names(_ folder: URL) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
    }

    @Test func everyCommandHasAPage() throws {
        let folder = try TemporaryFolder()
        let program = try Self.recordingProgram(in: folder)
        let package = Repository.root.appending(path: "deploy/package")
        let run = try SluiceProcess.run(
            [
                "manual", "--program", program.path, "--output", folder.path,
            ], executable: package)
        #expect(run.status == 0, "\(run.errors)")
        let manual = URL(filePath: folder.path).appending(path: "manual")
        let pages = manual.appending(path: "man/man1")
        let help = try Data(contentsOf: program.appendingPathExtension("json"))
        let root = try JSONDecoder().decode(Help.self, from: help).command
        #expect(try names(pages) == Set(root.pages(of: []).map { $0 + ".1" }))
        let page = try String(
            contentsOf: pages.appending(path: "sluice-serve.1"), encoding: .utf8)
        for text in [
            ".TH \"SLUICE-SERVE\" 1", "\\fB\\-c\\fR, \\fB\\-\\-config\\fR \\fIfile\\fR",
            "sluice serve \\-\\-config sluice.toml \\-\\-check",
        ] { #expect(page.contains(text), "\(text)") }
        // No line of text is taken for a request of troff.
        let requests = page.split(separator: "\n").filter { $0.hasPrefix(".") || $0.hasPrefix("'") }
        #expect(requests.allSatisfy { $0.prefixMatch(of: /\.(TH|SH|PP|TP|EX|EE|sp|\\")/) != nil })

        for file in ["bash/sluice", "zsh/_sluice", "fish/sluice.fish"] {
            let script = try String(contentsOf: manual.appending(path: file), encoding: .utf8)
            #expect(script.contains("replay"), "\(file)")
        }
        let bash = try SluiceProcess.run(
            ["-n", manual.appending(path: "bash/sluice").path],
            executable: URL(filePath: "/bin/bash"))
        #expect(bash.status == 0, "\(bash.errors)")
    }

    /// The program, which leaves a copy of the help texts beside it: a debug build takes seconds for them.
    private static func recordingProgram(in folder: TemporaryFolder) throws -> URL {
        let program = URL(filePath: folder.path).appending(path: "sluice")
        let script = """
            #!/bin/bash
            set -o pipefail
            [ "$1" != --experimental-dump-help ] || exec > >(tee "$0.json")
            "\(SluiceProcess.executable.path)" "$@"

            """
        try Data(script.utf8).write(to: program)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: program.path)
        return program
    }

    @Test(arguments: [["debian"], ["--output"], ["deb", "--revision", "one"]])
    func wrongArgumentsAreExplained(arguments: [String]) throws {
        let package = Repository.root.appending(path: "deploy/package")
        let run = try SluiceProcess.run(arguments, executable: package)
        #expect(run.status == 64)
        #expect(run.errors.hasPrefix("package: "))
    }

    private struct Help: Decodable {
        let command: Command

        struct Command: Decodable {
            let commandName: String
            let shouldDisplay: Bool?
            let subcommands: [Command]?

            func pages(of path: [String]) -> [String] {
                guard shouldDisplay != false, commandName != "help" else { return [] }
                let path = path + [commandName]
                return [path.joined(separator: "-")]
                    + (subcommands ?? []).flatMap { $0.pages(of: path) }
            }
        }
    }
}
