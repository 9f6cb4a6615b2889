import Digests
import Foundation
import Randomness
import Testing

@testable import Training

/// A run resumes only from its own undamaged checkpoint and with its original inputs.
@Suite struct CheckpointManifestTests {
    private static func input(_ content: String, key: String = "text[0].files[0]") -> RunInput {
        RunInput(key: key, file: "/data/\(key).txt", digest: Digest(of: Array(content.utf8)))
    }

    private static let begun = [
        input("a text"), input("a table", key: "labelled[0].files[0]"),
        input("held out", key: "validation.text[0].files[0]"),
    ]

    private static func changed(_ index: Int) -> [RunInput] {
        var inputs = begun
        inputs[index] = input("another", key: inputs[index].key)
        return inputs
    }

    private func run() throws -> SmallRun {
        let run = try SmallRun(.small)
        #expect(try run.train(questions: 12, inputs: Self.begun) == .interrupted)
        return run
    }

    /// Resumes the run for one step.
    private func goesOn(
        _ run: SmallRun, inputs: [RunInput] = [], tokenizer: Data? = nil
    ) throws -> Bool {
        try run.train(resuming: true, questions: 1, inputs: inputs, tokenizer: tokenizer)
            == .interrupted
    }

    // MARK: Inputs

    @Test(arguments: begun.indices) func anotherInputIsRefusedAndNamed(index: Int) throws {
        let run = try run()
        let error = #expect(throws: TrainingError.self) {
            try run.train(resuming: true, inputs: Self.changed(index))
        }
        let text = "\(try #require(error))"
        #expect(text.hasPrefix("\(Self.begun[index].file) (\(Self.begun[index].key)): "), "\(text)")
        #expect(text.contains("--allow-changed-inputs"))
        #expect(try goesOn(run, inputs: Self.begun))
    }

    @Test func anotherTokenizerOfTheSameSizeIsRefused() throws {
        let run = try SmallRun(.small)
        _ = try run.train(questions: 12, tokenizer: Data("one".utf8))
        let error = #expect(throws: TrainingError.self) {
            try run.train(resuming: true, tokenizer: Data("two".utf8))
        }
        #expect("\(try #require(error))".contains("(tokenizer): found other content"))
        #expect(try goesOn(run, tokenizer: Data("one".utf8)))
    }

    /// A change is recorded once, with its step, even if the run is stopped often.
    @Test func aChangeThatIsAllowedIsRecorded() throws {
        let run = try run()
        let step = try #require(run.trainer?.state.step)
        var rest = 20
        while try run.train(
            resuming: true, questions: rest, inputs: Self.changed(0), allowsChangedInputs: true)
            == .interrupted
        {
            rest += 15
        }
        let lines = try run.log.filter { $0.contains("changed_input") }
        #expect(lines.count == 1, "\(lines)")
        let (was, now) = (Self.begun[0].digest, Self.changed(0)[0].digest)
        #expect(
            lines.first == """
                {"event":"changed_input","step":\(step),"key":"text[0].files[0]",\
                "file":"/data/text[0].files[0].txt","was":"\(was)","now":"\(now)"}
                """)
        let card = try String(
            contentsOf: run.folder.model.appending(path: "README.md"), encoding: .utf8)
        #expect(card.contains("From step \(step) on with another `text[0].files[0]`"))
        // The run now continues with the other file.
        #expect(throws: TrainingError.self) {
            try run.train(resuming: true, inputs: Self.begun)
        }
        _ = try run.train(resuming: true, inputs: Self.changed(0))
    }

    @Test func validationMayBeOfAnotherFile() throws {
        let run = try run()
        let other = RunInput(
            key: Self.begun[2].key, file: "/data/other.txt",
            digest: Digest(of: Array("other".utf8)))
        #expect(try goesOn(run, inputs: Self.begun.dropLast() + [other]))
    }

    // MARK: The checkpoint itself

    private func newest(_ run: SmallRun) throws -> URL {
        let folder = run.folder.url.appending(path: "checkpoints")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return folder.appending(path: try #require(names.last))
    }

    private static let files = ["state.json", "matrices.safetensors", "manifest.json"]

    /// Flips some bits of each file.
    @Test(arguments: files) func aFlippedBitIsNoticed(file: String) throws {
        let run = try run()
        let path = try newest(run).appending(path: file)
        let whole = try Data(contentsOf: path)
        var random = SeededRandom(seed: 1, purpose: file)
        for _ in 0..<15 {
            let bit = Int.random(in: 0..<whole.count * 8, using: &random)
            var damaged = whole
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            try damaged.write(to: path)
            #expect(throws: (any Error).self, "bit \(bit)") {
                try run.train(resuming: true, inputs: Self.begun)
            }
        }
        try whole.write(to: path)
        #expect(try goesOn(run, inputs: Self.begun))
    }

    @Test(arguments: files, [0, 0.5, 0.999]) func aTruncatedFileIsNoticed(
        file: String, part: Double
    ) throws {
        let run = try run()
        let path = try newest(run).appending(path: file)
        let whole = try Data(contentsOf: path)
        try whole.prefix(Int(Double(whole.count) * part)).write(to: path)
        #expect(throws: (any Error).self) { try run.train(resuming: true, inputs: Self.begun) }
    }

    @Test(arguments: files) func aMissingFileIsNoticed(file: String) throws {
        let run = try run()
        let path = try newest(run).appending(path: file)
        try FileManager.default.removeItem(at: path)
        let error = #expect(throws: (any Error).self) {
            try run.train(resuming: true, inputs: Self.begun)
        }
        #expect("\(error as Any)".contains(file))
    }

    /// One file, or all files, of the checkpoint of a run that differs only in its seed.
    @Test(arguments: files + [""]) func whatIsOfAnotherRunIsNoticed(file: String) throws {
        let run = try run()
        var recipe = Recipe.small
        recipe.seed = 2
        let other = try SmallRun(recipe)
        _ = try other.train(questions: 12, inputs: Self.begun)
        let (own, theirs) = (try newest(run), try newest(other))
        #expect(own.lastPathComponent == theirs.lastPathComponent)
        let path = file.isEmpty ? own : own.appending(path: file)
        try FileManager.default.removeItem(at: path)
        try FileManager.default.copyItem(
            at: file.isEmpty ? theirs : theirs.appending(path: file), to: path)
        #expect(throws: TrainingError.self) { try run.train(resuming: true, inputs: Self.begun) }
    }

    /// A forged state with a valid digest.
    @Test(arguments: [
        "\"step\":-1", "\"step\":9223372036854775807", "\"tokens\":-5", "\"positions\":[-8,0]",
        "\"positions\":[9223372036854775807,0]", "\"epochs\":[1]", "\"averaged\":1e30",
    ])
    func aStateThatNoRunLeadsToIsRefused(member: String) throws {
        let run = try run()
        let checkpoint = try newest(run)
        let path = checkpoint.appending(path: "state.json")
        let key = member.prefix { $0 != ":" }
        var text = try String(contentsOf: path, encoding: .utf8)
        let expression = try Regex("\(key):(\\[[^\\]]*\\]|[-0-9.e+]+)")
        #expect(text.firstMatch(of: expression) != nil)
        text = text.replacing(expression, with: member)
        let old = text.replacing(#","format":2"#, with: "").replacing(#""format":2,"#, with: "")
        try Data(old.utf8).write(to: path)
        try FileManager.default.removeItem(at: checkpoint.appending(path: "manifest.json"))
        #expect(throws: TrainingError.self) { try run.train(resuming: true, inputs: Self.begun) }
    }

    // MARK: From before there were manifests

    @Test func anOldCheckpointGoesOnAndSaysWhatCannotBeChecked() throws {
        let fixture = Fixtures.folder.appending(path: "old-run")
        let folder = RunFolder(NSTemporaryDirectory() + "/sluice-old-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder.url) }
        try FileManager.default.copyItem(at: fixture, to: folder.url)
        let (recipe, tokenizer, bytes) = try RecipeTokenizer.resolve(
            Recipe(file: folder.url.appending(path: "recipe.toml").path))
        let corpora = try CorpusLoader(recipe, tokenizer: tokenizer, threads: 1) { _ in }.load()
        var unverified: [String] = []
        let trainer = try Trainer(
            recipe, corpora, folder: folder.url, tokenizer: bytes, threads: 1,
            isStopped: { false },
            report: { if case .unverified(let path) = $0 { unverified.append(path) } })
        #expect(try trainer.resume())
        #expect(unverified.count == 1 && unverified[0].hasSuffix("checkpoints/step-000000010"))
        #expect(try trainer.run() == .finished)
        // The model of an uninterrupted run of the version that wrote the checkpoint.
        let model = try Data(contentsOf: folder.model.appending(path: "model.safetensors"))
        #expect(Digest(of: Array(model)).hex == Self.digestOfOldModel)
    }

    private static let digestOfOldModel =
        "62a71cca26fab55acd887b2334441cfb63f91d3658765ad1746d7e59786196f1"
}
