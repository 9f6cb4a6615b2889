import Foundation
import Glibc
import Model
import TestSupport
import Testing

/// `sluice train` as people use it.
@Suite(.blocking) struct TrainTests {
    /// A recipe beside its corpus; the paths in it are relative.
    private func recipe(
        in folder: TemporaryFolder, steps: Int = 30, hidden: Int = 16, keys: String = ""
    ) throws -> String {
        let sentences = (0..<60).map { "The lock keeper closed gate \($0 % 7) again.\n" }
        try folder.write(sentences.joined(), to: "corpus.txt")
        return try folder.write(
            """
            \(keys)
            [network]
            cell = "gru"
            hidden_size = \(hidden)
            embedding_size = 16
            [[text]]
            files = ["corpus.txt"]
            documents = "line"
            lanes = 4
            [window]
            steps = 16
            [length]
            steps = \(steps)
            [validation]
            every = 10
            [[validation.text]]
            files = ["corpus.txt"]
            documents = "line"
            """, to: "recipe.toml")
    }

    private func model(_ run: String) throws -> Data {
        try Data(contentsOf: URL(filePath: run + "/model/model.safetensors"))
    }

    @Test func aRunLeavesAModelThatServesAndALog() throws {
        let folder = try TemporaryFolder()
        let run = folder.path + "/run"
        let result = try SluiceProcess.run(["train", try recipe(in: folder), "--output", run])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("finished at step 30"))
        #expect(result.errors.contains("step 30: validation loss "))
        let log = try String(contentsOfFile: run + "/log.jsonl", encoding: .utf8)
        #expect(log.split(separator: "\n").allSatisfy { (try? json(String($0))) != nil }, "\(log)")
        let curves = try String(contentsOfFile: run + "/curves.svg", encoding: .utf8)
        #expect(curves.contains("<svg") && curves.contains("validation"))
        let inspection = try SluiceProcess.run(["inspect", run + "/model"])
        #expect(inspection.status == 0, "\(inspection.errors)")
        #expect(inspection.output.contains("GRU"))

        let again = try SluiceProcess.run(
            ["train", folder.path + "/recipe.toml", "--output", run])
        #expect(again.status == 78)
        #expect(again.errors.contains("--resume"))
    }

    @Test func interruptedItLeavesACheckpointToGoOnFrom() throws {
        let folder = try TemporaryFolder()
        let recipe = try recipe(in: folder, steps: 250)
        let (whole, stopped) = (folder.path + "/whole", folder.path + "/stopped")
        #expect(try SluiceProcess.run(["train", recipe, "--output", whole]).status == 0)
        let process = try SluiceProcess(["train", recipe, "--output", stopped, "--threads", "1"])
        try process.waitForErrors(containing: "step 10: ")
        process.signal(SIGINT)
        let result = try process.finish()
        #expect(result.status == 130)
        #expect(result.errors.contains("continue with --resume"), "\(result.errors)")
        #expect(!result.errors.contains("finished"))
        let resumed = try SluiceProcess.run(
            ["train", recipe, "--output", stopped, "--resume", "--threads", "3"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("continuing from step "))
        #expect(try model(stopped) == model(whole))
    }

    /// Reads a corpus that never ends until it is interrupted.
    @Test(arguments: [SIGINT, SIGTERM]) func readingCanBeInterrupted(_ signal: Int32) throws {
        let folder = try TemporaryFolder()
        let recipe = try recipe(in: folder)
        try FileManager.default.removeItem(atPath: folder.path + "/corpus.txt")
        try #require(unsafe mkfifo(folder.path + "/corpus.txt", 0o600) == 0)
        let process = try SluiceProcess(["train", recipe, "--output", folder.path + "/run"])
        let writer = try EndlessWriter(folder.path + "/corpus.txt")
        writer.write(megabytes: 3)
        process.signal(signal)
        writer.writeUntilNobodyReads()
        let result = try process.finish()
        #expect(result.status == 130, "\(result.errors)")
        #expect(result.errors.contains("interrupted while it read \(folder.path)/corpus.txt"))
    }

    @Test func aRunGoesOnOnlyAsItWasBegun() throws {
        let folder = try TemporaryFolder()
        let recipe = try recipe(in: folder)
        let run = folder.path + "/run"
        let begun = try SluiceProcess.run(["train", recipe, "--output", run, "--resume"])
        #expect(begun.status == 0, "\(begun.errors)")
        #expect(begun.errors.contains("no checkpoint; starting a new run"))
        let before = try model(run)
        let other = try self.recipe(in: folder, hidden: 17)
        let refused = try SluiceProcess.run(["train", other, "--output", run, "--resume"])
        #expect(refused.status != 0)
        #expect(
            refused.errors.contains(
                "network.hidden_size: found the integer 17; expected the integer 16"),
            "\(refused.errors)")
        #expect(try model(run) == before)
    }

    @Test func twoTrainingsDoNotShareAFolder() throws {
        let folder = try TemporaryFolder()
        let recipe = try recipe(in: folder)
        let run = folder.path + "/run"
        try FileManager.default.removeItem(atPath: folder.path + "/corpus.txt")
        try #require(unsafe mkfifo(folder.path + "/corpus.txt", 0o600) == 0)
        let first = try SluiceProcess(["train", recipe, "--output", run])
        // The first reads now, and so has the folder.
        let writer = try EndlessWriter(folder.path + "/corpus.txt")
        let second = try SluiceProcess.run(["train", recipe, "--output", run])
        #expect(second.status != 0)
        #expect(second.errors.contains("another training that uses it"), "\(second.errors)")
        first.signal(SIGINT)
        writer.writeUntilNobodyReads()
        #expect(try first.finish().status == 130)
    }

    @Test func whatIsMissingIsSaidBeforeAnyWork() throws {
        let folder = try TemporaryFolder()
        let recipe = try recipe(in: folder)
        let run = folder.path + "/run"
        let checked = try SluiceProcess.run(["train", recipe, "--check", "--output", run])
        #expect(checked.status == 0 && checked.output.contains("recipe.toml: no errors"))
        try FileManager.default.removeItem(atPath: folder.path + "/corpus.txt")
        for arguments in [["--check"], []] {
            let result = try SluiceProcess.run(["train", recipe, "--output", run] + arguments)
            #expect(result.status == 66)
            #expect(result.errors.contains("\(folder.path)/corpus.txt"), "\(result.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: run))
        let none = try SluiceProcess.run(["train", folder.path + "/none.toml"])
        #expect(none.status == 78 && none.errors.contains("none.toml"))
    }

    @Test func aCheckReadsTheFiles() throws {
        let folder = try TemporaryFolder()
        let recipe = try recipe(in: folder)
        let corpus = folder.path + "/corpus.txt"
        func check(_ words: String, _ change: () throws -> Void) throws {
            try? FileManager.default.removeItem(atPath: corpus)
            try change()
            let result = try SluiceProcess.run(["train", recipe, "--check"])
            #expect([65, 66].contains(result.status))
            #expect(result.errors.contains("corpus.txt: \(words)"), "\(result.errors)")
        }
        try check("cannot be opened: it is a folder") {
            try FileManager.default.createDirectory(
                atPath: corpus, withIntermediateDirectories: false)
        }
        try check("found 0 tokens; expected 8 or") { try folder.write("", to: "corpus.txt") }
        try check("byte 1 of the text is not UTF-8") {
            try Data([0x61, 0xC3, 0x28]).write(to: URL(filePath: corpus))
        }
    }

    @Test func aStartThatDoesNotFitIsRefusedBeforeAnyWork() throws {
        let folder = try TemporaryFolder()
        let (first, run) = (folder.path + "/first", folder.path + "/run")
        let begun = try SluiceProcess.run(
            ["train", try recipe(in: folder, steps: 1), "--output", first])
        #expect(begun.status == 0, "\(begun.errors)")
        let other = try recipe(in: folder, hidden: 24, keys: "start = \"first/model\"")
        for arguments in [["--check"], []] {
            let result = try SluiceProcess.run(["train", other, "--output", run] + arguments)
            #expect(result.status == 65)
            #expect(
                result.errors.contains("\(first)/model: found another network"), "\(result.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: run))
        let fitting = try self.recipe(in: folder, keys: "start = \"first/model\"")
        #expect(try SluiceProcess.run(["train", fitting, "--output", run]).status == 0)
        let weights = try #require(
            FileHandle(forUpdatingAtPath: first + "/model/model.safetensors"))
        try weights.truncate(atOffset: 1000)
        let torn = try SluiceProcess.run(["train", fitting, "--check"])
        #expect(torn.status == 65 && torn.errors.contains("model.safetensors"), "\(torn.errors)")
        // What was begun with it continues without it, once the recipe does not name it.
        let resume = ["train", fitting, "--output", run, "--resume"]
        let refused = try SluiceProcess.run(resume)
        #expect(refused.status == 65 && refused.errors.contains("(start): found other content"))
        _ = try self.recipe(in: folder)
        let resumed = try SluiceProcess.run(resume)
        #expect(resumed.status == 0, "\(resumed.errors)")
    }

    @Test(arguments: ["", "a\nb\n"]) func aCorpusOfTooFewTokensIsRefused(_ text: String) throws {
        let folder = try TemporaryFolder()
        let recipe = try recipe(in: folder)
        try folder.write(text, to: "corpus.txt")
        let result = try SluiceProcess.run(["train", recipe, "--output", folder.path + "/run"])
        #expect(result.status == 65)
        #expect(
            result.errors.contains("corpus.txt: found \(text.utf8.count) tokens; expected 8 or"),
            "\(result.errors)")
    }

    @Test func aMistakeInTheRecipeIsNamedWithItsPlace() throws {
        let folder = try TemporaryFolder()
        let recipe = try recipe(in: folder, keys: "sede = 1")
        let result = try SluiceProcess.run(["train", recipe, "--check"])
        #expect(result.status == 78)
        #expect(result.errors.contains("recipe.toml:1:1: sede:"), "\(result.errors)")
        #expect(result.errors.contains("'seed'"))
    }

    @Test(.enabled(if: TemporaryMount.isPermitted)) func aDiskWithTooLittleRoomIsRefused() throws {
        let folder = try TemporaryFolder()
        let disk = try TemporaryMount(bytes: 8 << 20)
        let result = try SluiceProcess.run(
            ["train", try recipe(in: folder), "--output", disk.folder + "/run"])
        #expect(result.status == 73)
        #expect(result.errors.contains("\(disk.folder)/run: found"), "\(result.errors)")
        #expect(result.errors.contains("MiB"))
    }

    /// There was room at the start.
    @Test(.enabled(if: TemporaryMount.isPermitted)) func aDiskThatFillsUpEndsTheRun() throws {
        let folder = try TemporaryFolder()
        let disk = try TemporaryMount(bytes: 64 << 20)
        let recipe = try recipe(in: folder, steps: 1_000_000, hidden: 256)
        let run = disk.folder + "/run"
        let process = try SluiceProcess(["train", recipe, "--output", run])
        try process.waitForErrors(containing: "step 10: ")
        // The run may take the last room itself meanwhile.
        try? disk.fill(leaving: 4096)
        let result = try process.finish()
        #expect([73, 74].contains(result.status), "\(result.status) \(result.errors)")
        #expect(result.errors.contains(run), "\(result.errors)")
        try disk.makeRoom()
    }
}
