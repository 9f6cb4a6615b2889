import Foundation
import Model
import Report
import TestSupport
import Testing

/// The page in a real browser: `Browser/page_checks.py` points, clicks and types, and checks the result.
@Suite(.serialized, .enabled("needs chromium and python3") { PageChecks.canRun })
struct PageTests {
    @Test(arguments: PageChecks.names)
    func pageDoes(check: String) throws {
        let output = try PageChecks.output()
        #expect(output.contains("passed \(check)\n"), "\(output)")
    }
}

private enum PageChecks {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Browser/page_checks.py").path

    static let canRun = (try? run(["--can-run"]))?.status == 0

    /// The names of all checks of the script.
    static let names = ((try? run(["--list"]))?.output ?? "").split(separator: "\n").map(
        String.init)

    static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-B", script] + arguments
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    private static let allRun = Result {
        let folder = try write()
        return try run([folder.path]).output
    }

    /// The output of all checks, which run once, in one browser.
    static func output() throws -> String { try allRun.get() }

    private static func write() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        func write(_ trace: SessionTrace, _ name: String) throws {
            try ReportWriter(trace).write(to: "\(folder.path)/\(name).html")
        }
        let model = SyntheticTrace.model
        try write(SyntheticTrace.session(), "session")
        try write(SyntheticTrace.hostile, "hostile")
        try write(SyntheticTrace.session(model(.gru, 1, 12, true)), "gru")
        try write(SyntheticTrace.session(model(.rnn, 1, 12, false)), "rnn")
        try write(large(), "large")
        return folder
    }

    /// 50,000 tokens with the units that a report keeps of the shipped model.
    private static func large() -> SessionTrace {
        let real = SyntheticTrace.model(hidden: 256)
        let units = UnitChoice.standard.count(tokens: 50_000, model: real)
        var trace = SyntheticTrace.session(
            SyntheticTrace.model(hidden: units), tokens: 50_000, stream: "large")
        trace.model.hiddenSize = 256
        return trace
    }
}
