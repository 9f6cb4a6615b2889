import Foundation
import TestSupport
import Testing

/// `sluice eval` and `sluice compare`, on small files.
@Suite(.blocking) struct EvalTests {
    private let folder: TemporaryFolder
    private let text: String
    private let table: String

    init() throws {
        folder = try TemporaryFolder()
        text = try folder.write(
            String(repeating: "A line of some text, é and all.\n", count: 40), to: "some.txt")
        let rows = (0..<60).map { "\($0 % 3)\ttext number \($0)" }.joined(separator: "\n")
        table = try folder.write("label3\ttext\n" + rows + "\n", to: "some.tsv")
    }

    private func lines(_ arguments: [String]) throws -> [[String: Any]] {
        let run = try SluiceProcess.run(arguments)
        #expect(run.status == 0, "\(run.errors)")
        return try run.lines.map { try json($0) }
    }

    @Test func evalMeasuresTextsAndTables() throws {
        let found = try lines(
            ["eval", "--json", "--model", Repository.smallModel, text, table])
        try #require(found.count == 2)
        #expect(found[0]["file"] as? String == "some.txt")
        // A byte model: a token is a byte.
        #expect(found[0]["tokens"] as? Int == 40 * 33)
        #expect(found[0]["bits_per_byte"] as? Double == found[0]["bits_per_token"] as? Double)
        #expect(found[1]["texts"] as? Int == 40 && found[1]["skipped"] as? Int == 20)
        #expect(found[1]["rule"] as? String == "positive: >1; negative: <1")
        let bins = try #require(found[1]["bins"] as? [[String: Any]])
        #expect(bins.compactMap { $0["texts"] as? Int }.reduce(0, +) == 40)
        #expect((found[1]["accuracy_by_quarters"] as? [Double])?.count == 4)
    }

    @Test func evalReadsTablesWithCommas() throws {
        let rows = (0..<60).map { "\"text, number \($0)\",\($0 % 3)" }.joined(separator: "\r\n")
        let csv = try folder.write("\u{FEFF}text,label3\r\n" + rows, to: "some.csv")
        let found = try lines(["eval", "--json", "--model", Repository.smallModel, csv])
        #expect(found.first?["texts"] as? Int == 40 && found.first?["skipped"] as? Int == 20)
        let prose = try folder.write("text,label\r\na,1\r\n", to: "prose.txt")
        let refused = try SluiceProcess.run(["eval", "--model", Repository.smallModel, prose])
        #expect(refused.status == 65 && refused.errors.contains("a table's header (text, label)"))
    }

    @Test func evalReadsNoMoreThanAskedFor() throws {
        let found = try lines(
            [
                "eval", "--json", "--model", Repository.smallModel, "--bytes", "22", "--limit", "7",
                "--lanes", "1", text, table,
            ])
        try #require(found.count == 2)
        // Byte 22 is in the middle of the é.
        #expect(found[0]["bytes"] as? Int == 21)
        #expect(found[1]["texts"] as? Int == 7)
    }

    @Test func evalShowsTablesAndDraws() throws {
        let plot = folder.path + "/plot.svg"
        let run = try SluiceProcess.run(
            ["eval", "--model", Repository.smallModel, "--plot", plot, text, table])
        #expect(run.status == 0)
        for words in ["bits per byte", "perplexity", "accuracy", "P(positive)", "whole"] {
            #expect(run.output.contains(words))
        }
        let svg = try String(contentsOfFile: plot, encoding: .utf8)
        for words in ["<svg", "Reliability", "bits per byte", "</svg>"] {
            #expect(svg.contains(words))
        }
        let drawn = try SluiceProcess.run(
            ["eval", "--model", Repository.smallModel, "--plot", "-", table])
        #expect(drawn.output.contains("Reliability"))
        #expect(!drawn.output.contains("\u{1B}"))
    }

    @Test func evalNamesTheDamage() throws {
        let torn = try folder.write("label\ttext\n1\tone\n0\n", to: "torn.tsv")
        let run = try SluiceProcess.run(["eval", "--model", Repository.smallModel, torn])
        #expect(run.status == 65)
        #expect(run.errors.contains("torn.tsv:3: found 1 fields; expected 2"))
        let headless = Repository.fixture("sentiment-only").path
        let text = try SluiceProcess.run(["eval", "--model", headless, text])
        #expect(text.status == 65 && text.errors.contains("no next head"))
        let binary = folder.path + "/binary.txt"
        try Data([0x61, 0xC3, 0x28]).write(to: URL(filePath: binary))
        let refused = try SluiceProcess.run(["eval", "--model", Repository.smallModel, binary])
        #expect(refused.status == 65 && refused.errors.contains("binary.txt"), "\(refused.errors)")
    }

    @Test(arguments: ["eval", "compare"]) func aPlotThatCannotBeWrittenIsToldAtOnce(
        _ command: String
    ) throws {
        let arguments =
            command == "eval"
            ? ["--model", Repository.smallModel, table]
            : [Repository.smallModel, "--seconds", "0.01", "--on", table]
        let run = try SluiceProcess.run([command] + arguments + ["--plot", "/nowhere/plot.svg"])
        #expect(run.status == 74 && run.output.isEmpty)
        #expect(run.errors.contains("/nowhere/plot.svg: No such file"), "\(run.errors)")
    }

    /// Neither a device nor a link is replaced.
    @Test func aPlotGoesWhereItsPathLeads() throws {
        let (pipe, link) = (folder.path + "/pipe", folder.path + "/link.svg")
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        let target = try folder.write("what was there", to: "target.svg")
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: "target.svg")
        let arguments = ["eval", "--model", Repository.smallModel, table, "--plot"]
        let process = try SluiceProcess(arguments + [pipe])
        let reader = try #require(FileHandle(forReadingAtPath: pipe))
        let piped = String(decoding: try #require(try reader.readToEnd()), as: UTF8.self)
        #expect(try process.finish().status == 0)
        #expect(try SluiceProcess.run(arguments + [link]).status == 0)
        #expect(piped.contains("</svg>"))
        #expect(try String(contentsOfFile: target, encoding: .utf8) == piped)
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: link) == "target.svg")
        try FileManager.default.removeItem(atPath: target)
        #expect(try SluiceProcess.run(arguments + [link]).status == 0)
        #expect(try String(contentsOfFile: target, encoding: .utf8) == piped)
        #expect(unsafe chmod(target, 0o600) == 0)
        #expect(try SluiceProcess.run(arguments + [target]).status == 0)
        let attributes = try FileManager.default.attributesOfItem(atPath: target)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 5)
    }

    /// The report is there, too.
    @Test func aPlotMayFollowTheReportOnTheStandardOutput() throws {
        let report = folder.path + "/report"
        let command = """
            '\(SluiceProcess.executable.path)' eval --model '\(Repository.smallModel)' \
            --plot /dev/stdout '\(table)' > '\(report)'
            """
        let run = try SluiceProcess(
            ["-c", command], executable: URL(filePath: "/bin/sh")
        ).finish()
        #expect(run.status == 0, "\(run.errors)")
        let text = try String(contentsOfFile: report, encoding: .utf8)
        #expect(text.contains("P(positive)") && text.hasSuffix("</svg>\n"))
    }

    @Test func filesOfOneNameAreToldApart() throws {
        try FileManager.default.createDirectory(
            atPath: folder.path + "/other", withIntermediateDirectories: false)
        let other = try folder.write("Another text.", to: "other/some.txt")
        let found = try lines(
            ["eval", "--json", "--model", Repository.smallModel, text, other])
        #expect(found.map { $0["file"] as? String } == [text, other])
        let same = try lines(["eval", "--json", "--model", Repository.smallModel, text, text])
        #expect(same.map { $0["file"] as? String } == ["some.txt", "some.txt"])
    }

    @Test(arguments: [SIGINT, SIGTERM]) func aSignalStopsIt(_ signal: Int32) throws {
        let long = try folder.write(
            String(repeating: "On and on it goes. ", count: 200_000), to: "long.txt")
        let process = try SluiceProcess(
            ["eval", "--json", "--model", Repository.smallModel, text, long])
        try process.waitForOutput(containing: "some.txt")
        process.signal(signal)
        let run = try process.finish()
        #expect(run.status == 130)
        #expect(run.lines.count == 1 && run.errors.isEmpty)
    }

    @Test(arguments: ["text", "table.tsv"]) func aSignalStopsReading(_ name: String) throws {
        let pipe = folder.path + "/pipe-" + name
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        let process = try SluiceProcess(["eval", "--model", Repository.smallModel, pipe])
        let writer = try EndlessWriter(pipe)
        process.signal(SIGINT)
        writer.writeUntilNobodyReads()
        #expect(try process.finish().status == 130)
    }

    /// The pipe has no writer.
    @Test func aSignalStopsWaitingForAText() throws {
        let pipe = folder.path + "/pipe"
        try #require(unsafe mkfifo(pipe, 0o600) == 0)
        let process = try SluiceProcess(["eval", "--model", Repository.smallModel, text, pipe])
        try process.waitUntilItHasOpen(pipe)
        process.signal(SIGINT)
        #expect(try process.finish().status == 130)
    }

    private static let networks = ["GRU, 1 x 33", "LSTM, 1 x 48", "LSTM, 1 x 7"]

    @Test func compareShowsModelsSideBySide() throws {
        let plot = folder.path + "/plot.svg"
        let models = ["gru", "lstm", "sentiment-only"].map { Repository.fixture($0).path }
        let arguments =
            ["compare"] + models + ["--seconds", "0.05", "--on", text, table, "--plot", plot]
        let found = try lines(arguments + ["--json"])
        try #require(found.count == 3)
        #expect(found.map { $0["model"] as? String } == ["gru", "lstm", "sentiment-only"])
        #expect(found.map { $0["network"] as? String } == Self.networks)
        for model in found {
            #expect((model["tokens_per_cpu_s"] as? Double ?? 0) > 0)
            #expect((model["files"] as? [[String: Any]])?.count == 2)
        }
        let alone = try lines(["eval", "--json", "--model", models[0], text, table])
        let files = try #require(found[0]["files"] as? [[String: Any]])
        #expect(files[0]["bits_per_byte"] as? Double == alone[0]["bits_per_byte"] as? Double)
        #expect(files[1]["accuracy"] as? Double == alone[1]["accuracy"] as? Double)
        #expect(try String(contentsOfFile: plot, encoding: .utf8).contains("lstm: "))
        let shown = try SluiceProcess.run(["compare"] + models + ["--seconds", "0", "--on", text])
        #expect(shown.status == 0)
        #expect(shown.lines.count == 4 && shown.lines[0].contains("some bits/byte"))
        #expect(shown.lines[3].hasSuffix(" -"))
    }
}
