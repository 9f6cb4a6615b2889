import Foundation
import Journal
import Storage
import TestSupport
import Testing

/// The queries of deploy/docs/journal.md, run as a reader of it would run them.
@Suite struct DocumentationTests {
    private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../deploy/docs/journal.md").standardizedFileURL

    private func queries() throws -> [String] {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        return text.components(separatedBy: "```sql\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }
    }

    /// The lines that `sqlite3`, or where there is none Python's module of that name, prints.
    private func run(_ query: String, _ path: String) throws -> [Substring] {
        let process = Process()
        let hasShell = FileManager.default.isExecutableFile(atPath: "/usr/bin/sqlite3")
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let script = """
            import sqlite3, sys
            for row in sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute(sys.argv[2]):
                print(*row, sep="|")
            """
        process.arguments =
            hasShell
            ? ["sqlite3", "-readonly", path, query] : ["python3", "-c", script, path, query]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(query)")
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }

    @Test func eachQueryAnswersBesideTheDaemon() throws {
        let store = try TemporaryStore()
        let writer = try JournalWriter(path: store.path)
        try writer.beginRun(
            RunRecord(
                started: 1_700_000_000, version: "1.0", model: someModel, kernelTier: "avx2",
                threads: 2))
        try writer.write([
            .began(try incarnation(1, "reviews/1")), .request(request(1, 0)),
            .outcome(outcome(1, 0)),
            .request(request(1, 1)), .checkpoint(checkpoint(1, 1)),
        ])
        let answers = try queries().map { try run($0, store.path) }
        #expect(answers.map(\.count) == [2, 1, 1, 1, 1, 1])
        #expect(answers[0].last == "0|0|2023-11-14 22:13:20.250|text|message 0 of 1|10")
        #expect(answers[1].first == "reviews/1|0|2023-11-14 22:13:21||2|28|10")
        #expect(answers[3].first == "reviews/1|1|2023-11-14 22:13:20.250|text")
        #expect(answers[4].first?.contains("running or cut off|1.0|avx2|2||0707") == true)
        #expect(answers[5].first == "reviews/1|0|1|19|10")
    }

    /// Each column is named on the page, beside its table.
    @Test func everyTableIsExplained() throws {
        let store = try TemporaryStore()
        try JournalWriter(path: store.path).close()
        let columns = try run(
            """
            SELECT m.name, c.name FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c
            WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'grdb%'
            """, store.path)
        let lines = try String(contentsOf: Self.page, encoding: .utf8).split(separator: "\n")
        for pair in columns.map({ $0.split(separator: "|") }) where pair[1] != "checksum" {
            let line = lines.first { $0.hasPrefix("| `\(pair[0])` |") }
            #expect(
                line?.contains("`\(pair[1])`") == true || pair == ["journal", "id"], "\(pair)")
        }
        #expect(columns.count > 50)
    }
}
