import Foundation
import TestSupport
import Testing

/// `sluice tokenizer`, on the texts that the trainer is tested with.
@Suite(.blocking) struct TokenizerTests {
    private static let fixtures = Repository.root.appending(path: "Tests/TrainingTests/Fixtures")
    private static let text = fixtures.appending(path: "prose.txt").path
    private static let tokenizer = fixtures.appending(path: "prose.tokenizer.json").path

    @Test func whatIsTrainedIsWrittenWhole() throws {
        let folder = try TemporaryFolder()
        let output = folder.path + "/tokenizer.json"
        let run = try SluiceProcess.run(
            ["tokenizer", "train", Self.text, "--vocab-size", "500", "-o", output])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.hasPrefix("\(output): 492 tokens, learnt from "))
        #expect(run.output.contains("no other pair occurs 2 times"))
        #expect(
            try Data(contentsOf: URL(filePath: output))
                == Data(contentsOf: URL(filePath: Self.tokenizer)))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
    }

    @Test func aTextIsNotWrittenOver() throws {
        let folder = try TemporaryFolder()
        let text = try folder.write("a text and a text", to: "text.txt")
        let run = try SluiceProcess.run(
            ["tokenizer", "train", text, "-o", folder.path + "/./text.txt"])
        #expect(run.status == 64 && run.errors.contains("expected another file than the text"))
        #expect(try String(contentsOfFile: text, encoding: .utf8) == "a text and a text")
    }

    @Test func nothingIsLearntOfNothing() throws {
        let folder = try TemporaryFolder()
        let text = try folder.write("", to: "text.txt")
        let output = folder.path + "/tokenizer.json"
        let run = try SluiceProcess.run(["tokenizer", "train", text, text, "-o", output])
        #expect(run.status == 65)
        #expect(
            run.errors == "sluice: \(text), \(text): found no text; expected words to learn from\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["text.txt"])
    }

    @Test func anInterruptedTrainingLeavesNothing() throws {
        let folder = try TemporaryFolder()
        let pipe = folder.path + "/pipe"
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        let process = try SluiceProcess(
            ["tokenizer", "train", pipe, "-o", folder.path + "/tokenizer.json"])
        let writer = try EndlessWriter(pipe)
        process.signal(SIGINT)
        writer.writeUntilNobodyReads()
        let result = try process.finish()
        #expect(result.status == 130, "\(result.errors)")
        #expect(result.errors.contains("interrupted while it read \(pipe)"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["pipe"])
    }

    @Test func theTokensOfATextSpellIt() throws {
        let text = "The café's 🙂 theatre\r\n"
        let run = try SluiceProcess.run(["tokenizer", "encode", Self.tokenizer], input: text)
        #expect(run.status == 0, "\(run.errors)")
        let rows = run.lines.map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        #expect(rows.map { $0[0] } == ["488", "398", "457", "370", "453", "288"])
        #expect(rows.map { $0[1] } == ["0", "3", "9", "11", "16", "24"])
        #expect(rows.map { $0[2] }.prefix(5) == ["The", " café", "'s", " 🙂", " theatre"])

        let file = try TemporaryFolder()
        let path = try file.write(text, to: "text")
        let measured = try SluiceProcess.run(["tokenizer", "measure", Self.tokenizer, path])
        #expect(measured.status == 0)
        let row = try #require(measured.lines.last).split(separator: " ")
        #expect(row.prefix(2).map(String.init) == ["\(text.utf8.count)", "\(rows.count)"])
        #expect(row[3] == "\(Set(rows.map { $0[0] }).count)")
    }
}
