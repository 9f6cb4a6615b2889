import Foundation
import Glibc
import Kernels
import Model
import TestSupport
import Testing

/// Hostile folders: files of a wrong kind are rejected immediately, and sizes are checked before
/// memory is allocated.
@Suite(.timeLimit(.minutes(1))) struct HostileFolderTests {
    private static let files = ["config.json", "model.safetensors", "ngrams.tsv", "tokenizer.json"]

    /// The fixture with n-grams and a tokenizer file.
    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for file in Self.files.dropLast() {
            let data = try Data(contentsOf: Fixture.url("counted").appending(path: file))
            try folder.write(data, to: file)
        }
        return folder
    }

    /// The files that are read before it, whose errors would come first.
    private func prepare(_ folder: TemporaryFolder, for file: String) throws {
        guard file == "tokenizer.json" else { return }
        let config = folder.url.appending(path: "config.json")
        let text = try String(contentsOf: config, encoding: .utf8)
        try folder.write(
            Array(text.replacing("\"bytes\"", with: "\"bpe\"").utf8), to: "config.json")
    }

    private func load(_ folder: TemporaryFolder) -> ModelError? {
        do throws(ModelError) {
            _ = try Model.load(from: folder.url)
            return nil
        } catch {
            return error
        }
    }

    @Test func theFixtureItselfIsRead() throws {
        #expect(load(try folder()) == nil)
    }

    @Test(
        arguments: files,
        ["a FIFO", "a folder", "a socket", "a character device"])
    func whatIsNoRegularFileIsRefusedByItsKind(file: String, kind: String) throws {
        let folder = try folder()
        try prepare(folder, for: file)
        let path = folder.url.appending(path: file).path
        try? FileManager.default.removeItem(atPath: path)
        switch kind {
        case "a FIFO": #expect(unsafe mkfifo(path, 0o600) == 0)
        case "a folder": #expect(unsafe mkdir(path, 0o700) == 0)
        case "a socket": #expect(unsafe mknod(path, S_IFSOCK | 0o600, 0) == 0)
        default: #expect(unsafe symlink("/dev/zero", path) == 0)
        }
        let error = try #require(load(folder))
        #expect(error.file == path)
        #expect(error.found == kind && error.expected == "a regular file", "\(error)")
    }

    /// Sparse files, so that nothing is written.
    @Test(
        arguments: [
            ("config.json", 1 << 20), ("ngrams.tsv", 64 << 20), ("tokenizer.json", 64 << 20),
        ])
    func whatIsTooLongIsRefusedBeforeItIsRead(file: String, limit: Int) throws {
        let folder = try folder()
        try prepare(folder, for: file)
        let path = folder.url.appending(path: file).path
        if !FileManager.default.fileExists(atPath: path) { try folder.write([], to: file) }
        #expect(unsafe truncate(path, off_t(limit + 1)) == 0)
        let error = try #require(load(folder))
        #expect(error.file == path)
        #expect(error.expected == "at most \(limit) bytes", "\(error)")
    }

    @Test func aDeepConfigurationIsRefused() throws {
        let folder = try folder()
        let deep = String(repeating: "[", count: 500_000)
        try folder.write(Array(#"{"format":\#(deep)"#.utf8), to: "config.json")
        let error = try #require(load(folder))
        #expect(error.code == .malformed && error.expected == "at most 64 levels")
    }

    /// The tensors of the file are checked before memory of the configuration's sizes is allocated:
    /// the largest possible configuration is rejected for missing tensors.
    @Test func sizesWithoutWeightsAllocateNothing() throws {
        let folder = try folder()
        try folder.write(
            Array(
                """
                {"format": "sluice/1", "cell": "lstm", "layers": 8, "embedding_size": 16384,
                "hidden_size": 16384, "vocab_size": 256, "tokenizer": "bytes", "heads": {"next": true}}
                """.utf8), to: "config.json")
        let error = try #require(load(folder))
        #expect(error.code == .wrongShape && error.expected.hasPrefix("F32 ["), "\(error)")
    }

    @Test func aTableBeyondItsLimitIsLeftOut() throws {
        var config = ModelConfig(
            cell: .lstm, layers: 1, embeddingSize: 1, hiddenSize: 16, vocabularySize: 1000)
        config.heads.next = false
        config.heads.sentiment = true
        let bytes = Network.inputTableBytes(of: config)
        #expect(bytes == 1000 * 4 * 16 * 4)
        let kernels = try Kernels()
        for (limit, has) in [(bytes, true), (bytes - 1, false), (0, false)] {
            let network = try Network.random(
                config: config, inputTable: kernels, inputTableLimit: limit)
            #expect(network.hasInputTable == has)
        }
        // A million tokens of one float each: 4 MB of weights, of which a gigabyte would be made.
        config.vocabularySize = 1 << 20
        config.hiddenSize = 64
        #expect(Network.inputTableBytes(of: config) == 1 << 30)
        #expect(Network.usualInputTableLimit < 1 << 30)
    }
}
