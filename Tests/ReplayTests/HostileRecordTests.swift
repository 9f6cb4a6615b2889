import Digests
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

/// Records and states with extreme numbers and valid checksums. Each use of the store either works or
/// fails with an error that says what was found. No use ends the process or runs forever.
@Suite struct HostileRecordTests {
    private static let numbers: [UInt64] = [
        0, 1, 1 << 31, 1 << 53, 1 << 61, 1 << 62 - 1, 1 << 62, 1 << 63 - 1, 1 << 63, .max,
    ]
    private static let times = [-Double.infinity, .infinity, -1e308, 1e308, -1, 1e15]

    /// A field of a stored record.
    struct Field: Sendable, CustomTestStringConvertible {
        let name: String
        let alter: @Sendable (inout StorageRecord, UInt64, Double) -> Void
        var testDescription: String { name }
    }

    private static func request(
        _ name: String, _ change: @escaping @Sendable (inout RequestRecord, UInt64, Double) -> Void
    ) -> Field {
        Field(name: "request " + name) { entry, number, time in
            guard case .request(var record) = entry, record.sequence == 2 else { return }
            change(&record, number, time)
            entry = .request(record)
        }
    }

    private static func outcome(
        _ name: String, _ change: @escaping @Sendable (inout OutcomeRecord, UInt64) -> Void
    ) -> Field {
        Field(name: "outcome " + name) { entry, number, _ in
            guard case .outcome(var record) = entry, record.sequence == 2 else { return }
            change(&record, number)
            entry = .outcome(record)
        }
    }

    private static func checkpoint(
        _ name: String, _ change: @escaping @Sendable (inout CheckpointRecord, UInt64) -> Void
    ) -> Field {
        Field(name: "checkpoint " + name) { entry, number, _ in
            guard case .checkpoint(var record) = entry else { return }
            change(&record, number)
            entry = .checkpoint(record)
        }
    }

    /// Changes the field in the snapshot and, if its row has it too, in the row.
    private static func snapshot(
        _ name: String, at offset: Int,
        _ change: @escaping @Sendable (inout CheckpointRecord, UInt64) -> Void = { _, _ in }
    ) -> Field {
        checkpoint("snapshot " + name) { record, number in
            change(&record, number)
            // The offset after the magic, the version, the stream's name of one byte, and the model.
            let place = 14 + 2 + 4 + 1 + 32 + offset
            guard record.snapshot.count > place + 8 + Digest.byteCount else { return }
            for byte in 0..<8 {
                record.snapshot[place + byte] = UInt8(truncatingIfNeeded: number >> (byte * 8))
            }
            let content = Array(record.snapshot.dropLast(Digest.byteCount))
            record.snapshot = content + Digest(of: content).bytes
        }
    }

    static let fields: [Field] =
        [
            request("time") { $0.time = $2 }, request("producer time") { $0.producerTime = $2 },
            request("model") { record, number, _ in
                record.model = Array(record.model.dropLast()) + (number == 0 ? [] : [1])
            },
            request("put") { record, _, _ in record.operation = .put },
            request("text") { record, _, _ in record.text = [] },
            outcome("epoch") { $0.epoch = $1 }, outcome("tokens") { $0.tokens = $1 },
            outcome("offset") { $0.offset = $1 },
            outcome("audience") { $0.audience = "next=token top=\($1)" },
            outcome("cadence") { $0.audience = "next=\($1) sentiment=\($1),token,token" },
            outcome("cadences") { record, _ in
                record.audience = "next=" + (1..<30).map(String.init).joined(separator: ",")
            },
            outcome("digest") { record, _ in record.stateDigest = [] },
            checkpoint("sequence") { $0.sequence = $1 },
            checkpoint("position") { $0.position = $1 },
            checkpoint("tokens") { $0.tokens = $1 }, checkpoint("epoch") { $0.epoch = $1 },
            snapshot("sequence", at: 0) { $0.sequence = $1 },
            snapshot("position", at: 8) { $0.position = $1 },
        ]
        + [
            "epoch", "tokens", "offset", "messages", "incarnationTokens", "incarnationMessages",
            "streamEvents",
        ]
        .enumerated().map { index, name in
            snapshot(name, at: 21 + index * 8) { record, number in
                if name == "epoch" { record.epoch = number }
                if name == "incarnationTokens" { record.tokens = number }
            }
        }

    @Test(arguments: fields)
    func noUseOfItTraps(_ field: Field) throws {
        let model = try TestModel.make(TestModel.config(.gru, layers: 1, hidden: 8))
        // Two values for each field; `stride(from: 0, …, by: 1)` takes all of them, in a minute.
        let first = (Self.fields.firstIndex { $0.name == field.name } ?? 0) % 5
        for index in stride(from: first, to: Self.numbers.count, by: 5) {
            let (number, time) = (Self.numbers[index], Self.times[index % Self.times.count])
            let store = try RecordedStore()
            store.alter = { entry in
                var entry = entry
                field.alter(&entry, number, time)
                return entry
            }
            do {
                try store.serve(model, checkpointTokens: 8)
                for text in ["Some text. ", "More", " of it. ", "The end."] {
                    try store.accept(.text("s", text, more: text == "More"))
                    try store.run()
                }
                try store.finish()
            } catch is StorageError {
                // The writer found the damage.
                continue
            }
            for use in [verify, walk, state, bundle] { try refusing { try use(store) } }
            try serve(store, model)
        }
    }

    /// Fails for other errors than those of the store, a snapshot or a missing model.
    private func refusing(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as StorageError {
            #expect([.damaged, .foreign, .missing, .io].contains(error.code), "\(error)")
        } catch is SnapshotError {
        } catch is MissingModelError {
        }
    }

    private func verify(_ store: RecordedStore) throws {
        _ = try Verification(try store.opened(), .all).run()
    }

    private func walk(_ store: RecordedStore) throws {
        let session = try store.session("s")
        for place in [
            SessionPlace.start, .token(5), .token(1 << 62), .request(2), .message(epoch: 0, 1),
            .offset(epoch: 0, 12), .time(1_700_000_002), .end,
        ] {
            try refusing {
                let player = try session.player(at: place)
                while try player.step() != nil {}
            }
        }
    }

    private func state(_ store: RecordedStore) throws {
        let opened = try store.opened()
        _ = try opened.reader.listedStreams(ControlList())
        let snapshot = try opened.state(of: StreamID("s"), models: opened.model)
        if let snapshot {
            _ = StreamReport(snapshot, model: try opened.model(snapshot.model.bytes))
            _ = MovedStream(snapshot, bytes: 1)
        }
    }

    private func bundle(_ store: RecordedStore) throws {
        let path = store.path + ".bundle"
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try BundleWriter.write(try store.session("s"), to: path)
    }

    /// A daemon continues with the other streams.
    private func serve(_ store: RecordedStore, _ model: Model) throws {
        store.alter = { $0 }
        try store.serve(model)
        for stream in ["s", "other"] { try store.accept(.text(stream, "Go on.")) }
        try store.run()
        try store.evict()
        try store.finish()
        #expect(store.recording["sentiment/other"].bodies.isEmpty == false)
    }
}
