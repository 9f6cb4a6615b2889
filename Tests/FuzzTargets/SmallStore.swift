import Engine
import Foundation
import Journal
import Model
import RecordingSupport
import Replay
import Storage
import TestSupport
import Wire

/// A store that a small model wrote: streams with texts, resets, an end, checkpoints.
final class SmallStore {
    let recorded: RecordedStore
    let model: Model
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        let url = URL(filePath: folder.path + "/model")
        let config = TestModel.config(.gru, layers: 1, hidden: 2)
        let weights = RandomWeights(config: config, seed: 3)
        try ModelFolderWriter.write(config, tokenizer: nil, to: url) { weights.values(of: $0) }
        model = try Model.load(from: url)
        recorded = try RecordedStore()
        try recorded.serve(model, checkpointTokens: 8)
        for text in ["Some text. ", "More", " of it. ", "The end."] {
            try recorded.accept(.text("s", text, more: text == "More"), .text("other", text))
            try recorded.run()
        }
        try recorded.accept(.operation(.reset, "s"), .text("s", "Again."))
        try recorded.accept(.operation(.end, "other"), .text("other", "A second life."))
        try recorded.finish()
    }

    /// Copies the files of the store; returns the path of the database.
    func copy(to target: ScratchFolder) throws -> String {
        let path = target.path + "/journal.sqlite"
        for suffix in ["", "-wal", "-ledger"] {
            let source = recorded.path + suffix
            guard FileManager.default.fileExists(atPath: source) else { continue }
            try FileManager.default.copyItem(atPath: source, toPath: path + suffix)
        }
        return path
    }

    /// One session as a bundle.
    func bundle() throws -> [UInt8] {
        let path = folder.path + "/s.sluice"
        _ = try BundleWriter.write(try recorded.session("s"), to: path)
        return Array(try Data(contentsOf: URL(filePath: path)))
    }

    /// All that can be asked of a store, by replay's means.
    ///
    /// - Throws: only what no store may lead to.
    static func readAll(_ path: String, models: ModelCache) throws {
        try allowing {
            let store = try SessionStore(JournalStorage(path: path), models: models)
            let reader = store.reader
            try allowing { _ = try (reader.runs(), reader.models(), reader.labels()) }
            try allowing { _ = try reader.read(from: reader.horizon(), limit: 3) }
            try allowing { _ = try reader.unfinishedStreams() }
            try allowing { _ = try reader.summaries() }
            for name in ["s", "other"] { try readStream(try StreamID(name), store) }
            try allowing { _ = try Verification(store, .all).run() }
        }
    }

    private static func readStream(_ name: StreamID, _ store: SessionStore) throws {
        let reader = store.reader
        try allowing { _ = try (reader.producers(of: name), reader.backlog(of: name)) }
        try allowing {
            guard let key = try reader.latestIncarnation(of: name)?.incarnation.key else { return }
            try allowing { _ = try reader.outcomes(of: key) }
            try allowing { _ = try (reader.modelSegments(of: key), reader.textByteCount(of: key)) }
            try allowing { _ = try reader.firstSequence(of: key, atOrAfter: 1.7e9 + 3) }
            try allowing { _ = try reader.checkpoints(of: key) }
            try allowing { _ = try reader.checkpoint(of: key, atOrBeforeToken: 9) }
        }
        try allowing {
            let player = try store.session(of: name).player(at: .token(3))
            var steps = 0
            while steps < 200, try player.step() != nil { steps += 1 }
        }
    }

    /// Errors that a damaged store may lead to are as they should be.
    private static func allowing(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as StorageError {
            try require(
                [.damaged, .foreign, .missing, .io].contains(error.code), "another error: \(error)")
        } catch is SnapshotError {
        } catch is MissingModelError {
        } catch is ModelError {
        }
    }
}
