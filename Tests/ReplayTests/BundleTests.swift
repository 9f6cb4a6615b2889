import Engine
import Foundation
import Journal
import Model
import RecordingSupport
import Replay
import Storage
import TestSupport
import Testing
import Wire

/// A bundle is complete: it can be read without the store and the model.
@Suite struct BundleTests {
    /// - Parameter long: the number of repetitions of the sentence of the stream "long".
    private static func recorded(messages: Int = 40, long: Int = 1) throws -> RecordedStore {
        let store = try RecordedStore()
        try store.serve(TestModel.shipped(), checkpointTokens: 64)
        for index in 0..<messages {
            try store.accept(
                .text("a", "Message \(index): what a wonderful film, I loved it.\n"),
                .text("b", "Beside it."))
            if index == 20 { try store.accept(.operation(.reset, "a")) }
            if index % 10 == 9 { try store.run() }
            if index % 20 == 9 { try store.evict() }
        }
        try store.accept(.text("long", "First."))
        try store.accept(.text("long", String(repeating: "It goes on and on. ", count: long)))
        try store.accept(.operation(.end, "a"))
        try store.finish()
        return store
    }

    private func opened(_ path: String) throws -> SessionStore {
        try SessionStore(JournalStorage(path: path), models: ModelCache())
    }

    private func bodies(_ player: SessionPlayer) throws -> [PublishedEvent] {
        var events: [PublishedEvent] = []
        while let step = try player.step() { events += step.published }
        return events
    }

    @Test func aBundleIsReadWithoutItsStore() throws {
        let folder = try TemporaryPlace()
        let path = folder.path + "/a.sluice"
        var expected: [PublishedEvent] = []
        var status: IncarnationStatus?
        do {
            let store = try Self.recorded()
            let session = try store.session("a")
            expected = try bodies(session.player())
            status = session.status
            let summary = try BundleWriter.write(session, to: path)
            #expect(summary.requests == 40 + 1 + 1 + 4)
            #expect(summary.models == [try TestModel.shipped().fingerprint.hex])
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files == ["a.sluice"])
        let bundle = try opened(path)
        let session = try bundle.session(of: StreamID("a"))
        #expect(session.status.ended == status?.ended)
        #expect(session.status.nextSequence == status?.nextSequence)
        #expect(try bodies(session.player()) == expected)
        let result = try Verification(bundle, .all).run()
        #expect(result.divergences == [])
        #expect(result.counts.states == 46)
        #expect(result.counts.checkpoints > 5)
        // A bundle can be made from a bundle.
        let second = folder.path + "/b.sluice"
        _ = try BundleWriter.write(session, to: second)
        #expect(
            try bodies(opened(second).session(of: StreamID("a")).player(at: .message(epoch: 1, 3)))
                == bodies(session.player(at: .message(epoch: 1, 3))))
    }

    /// A bundle begins at a checkpoint between two messages or within a text.
    @Test(arguments: [("a", 40, 1), ("long", 1, 80)])
    func aBundleMayBeginAtACheckpoint(stream: String, messages: Int, long: Int) throws {
        let folder = try TemporaryPlace()
        let store = try Self.recorded(messages: messages, long: long)
        let session = try store.session(stream)
        let path = folder.path + "/a.sluice"
        _ = try BundleWriter.write(session, to: path, from: .token(300))
        let copy = try opened(path).session(of: StreamID(stream))
        let whole = try bodies(session.player(at: .token(310)))
        #expect(try bodies(copy.player(at: .token(310))) == whole)
        let start = try copy.player()
        #expect((150...300).contains(start.progress.incarnationTokens))
        #expect(try Verification(copy.store, .all).run().divergences == [])
    }

    @Test func nothingIsOverwritten() throws {
        let folder = try TemporaryPlace()
        let store = try Self.recorded(messages: 1)
        let path = folder.path + "/a.sluice"
        try Data("mine".utf8).write(to: URL(filePath: path))
        #expect(throws: StorageError.self) {
            try BundleWriter.write(store.session("b"), to: path)
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == Data("mine".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
    }
}

/// A temporary folder that is removed with this object.
final class TemporaryPlace {
    let path = NSTemporaryDirectory() + "sluice-place-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
