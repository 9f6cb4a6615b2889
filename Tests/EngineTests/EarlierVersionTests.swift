import Engine
import Foundation
import Journal
import Model
import Names
import Replay
import Storage
import TestSupport
import Testing
import Wire

/// What earlier versions have written reads as it was meant, bit for bit.
@Suite struct EarlierVersionTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/version-1")

    private static func model() throws -> Model {
        try Model.load(
            from: folder.deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "ModelTests/Fixtures/counted"))
    }

    /// A copy, which may be written.
    private func store(_ name: String, in folder: TemporaryPath) throws -> String {
        let path = folder.path + "/" + name
        try FileManager.default.copyItem(
            atPath: Self.folder.appending(path: name).path, toPath: path)
        return path
    }

    private func verify(_ path: String) throws -> VerifyResult {
        let cache = ModelCache()
        cache.add(try Self.model())
        return try Verification(try SessionStore(JournalStorage(path: path), models: cache), .all)
            .run()
    }

    @Test func storesAndBundlesOfVersionOneAreRead() throws {
        let folder = try TemporaryPath()
        let expected = ["journal.sqlite": 22, "news.bundle": 13]
        for (name, requests) in expected {
            let result = try verify(try store(name, in: folder))
            #expect(result.isEqual && result.storeDamage == nil, "\(name)")
            #expect(result.counts.requests == requests && result.counts.events == requests)
            #expect(result.counts.states == requests && result.counts.withoutOutcome == 0)
        }
        let reader = try JournalReader(path: folder.path + "/journal.sqlite")
        let numbers = try reader.producers(of: StreamID("news"))
        // The second spelling's message was taken for a duplicate of the first's.
        #expect(numbers.map(\.producer) == ["caf\u{E9}"])
        #expect(numbers.map(\.sequence) == [12] && numbers.map(\.isDone) == [false])
        #expect(
            try reader.producers(of: StreamID("cafe\u{301}")).map(\.sequence) == [.max])
    }

    /// Names with U+10FFFF, which that version could write and not read again.
    @Test func aStoreThatEndedItsDaemonIsServed() throws {
        let folder = try TemporaryPath()
        let path = try store("poisoned.sqlite", in: folder)
        try JournalReader(path: path).check()
        #expect(
            try JournalReader(path: path).latestIncarnation(of: StreamID("hard\u{10FFFF}"))?
                .nextSequence
                == 1)
        let daemon = try SimulatedDaemon(Self.model(), path: path)
        for (stream, producer, number) in [("hard\u{10FFFF}", "a", 0), ("news", "\u{10FFFF}", 9)] {
            daemon.accept(
                .request(
                    Request(
                        stream: try StreamID(stream), text: [0x61], producer: Name(producer),
                        producerSequence: UInt64(number), replyTo: .caller)))
        }
        daemon.run()
        try daemon.commit()
        #expect(daemon.failure == nil)
        #expect(daemon.acknowledgements.map(\.result) == [.duplicate, .duplicate])
        #expect(try daemon.snapshot(of: "hard\u{10FFFF}")?.state.offset == 12)
        try daemon.stop()
        #expect(try verify(path).isEqual)
    }

    @Test func aSnapshotOfVersionOneIsGoneOnFrom() throws {
        let bytes = Array(try Data(contentsOf: Self.folder.appending(path: "news.state")))
        let snapshot = try SnapshotValidator(model: Self.model()).admit(bytes)
        #expect(snapshot.encoded() == bytes)
        #expect(snapshot.state.messageStart != nil && snapshot.state.sentimentPool.ngrams.count > 0)
        let folder = try TemporaryPath()
        let session = try #require(
            try JournalReader(path: try store("journal.sqlite", in: folder))
                .latestIncarnation(of: StreamID("copy")))
        #expect(session.nextSequence == 2)
    }
}
