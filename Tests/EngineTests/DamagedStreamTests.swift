import Engine
import Foundation
import Journal
import Model
import Storage
import TestSupport
import Testing
import Wire

/// A stream that cannot be read stops alone.
@Suite struct DamagedStreamTests {
    /// How the store of one stream may be bad, with checksums that are right.
    enum Damage: CaseIterable {
        case noSnapshot, otherPlace, otherState, otherOutcome, badPut, gap
    }

    private func request(_ stream: String, _ text: String, _ number: UInt64) throws -> Request {
        Request(
            stream: try StreamID(stream), text: Array(text.utf8), producerSequence: number,
            replyTo: .caller)
    }

    /// Streams "bad" and "good", both with a checkpoint; of "bad" the store is then made so.
    private func store(_ path: String, _ model: Model, _ damage: Damage) throws {
        let daemon = try SimulatedDaemon(model, path: path)
        for stream in ["bad", "good"] {
            daemon.accept(.request(try request(stream, "Some text. ", 1)))
        }
        daemon.run()
        try daemon.commit()
        let state = try #require(try daemon.snapshot(of: "bad"))
        try daemon.stop()
        let writer = try JournalWriter(path: path, options: JournalOptions(isDurable: false))
        let key = try #require(
            try JournalReader(path: path).latestIncarnation(of: StreamID("bad"))?.incarnation.key)
        try writer.write(Self.entries(damage, key, state, model))
        try writer.close()
    }

    private static func entries(
        _ damage: Damage, _ key: StreamKey, _ state: StreamSnapshot, _ model: Model
    ) -> [StorageRecord] {
        let bytes = model.fingerprint.bytes
        func checkpoint(_ snapshot: StreamSnapshot, _ content: [UInt8]? = nil) -> StorageRecord {
            .checkpoint(
                CheckpointRecord(
                    key: key, sequence: 1, position: 0, epoch: 0,
                    tokens: state.state.incarnationTokens,
                    time: 1, isTemporary: true, model: bytes,
                    snapshot: content ?? snapshot.encoded()))
        }
        func next(
            _ operation: Request.Operation, _ text: [UInt8], sequence: UInt64 = 1
        ) -> StorageRecord {
            .request(
                RequestRecord(
                    key: key, sequence: sequence, time: 1, operation: operation, text: text,
                    model: bytes))
        }
        var other = state
        switch damage {
        case .noSnapshot: return [checkpoint(state, Array("no snapshot".utf8))]
        case .otherPlace:
            other.state.incarnationTokens += 1
            return [checkpoint(other)]
        case .otherState:
            other.state.values.removeLast()
            return [checkpoint(other)]
        case .otherOutcome:
            let outcome = OutcomeRecord(
                key: key, sequence: 1, epoch: 0, tokens: 20, offset: 20,
                stateDigest: Array(repeating: 9, count: 16), eventsDigest: nil, audience: "")
            return [next(.text, Array("more".utf8)), .outcome(outcome)]
        case .badPut:
            other.state.tokenizer = [7]
            return [next(.put, other.encoded())]
        case .gap: return [next(.text, Array("after what is missing".utf8), sequence: 2)]
        }
    }

    @Test(arguments: Damage.allCases)
    func itIsRefusedAndTheOthersGoOn(_ damage: Damage) throws {
        let folder = try TemporaryPath()
        let model = try TestModel.make()
        let path = folder.path + "/store.sqlite"
        try store(path, model, damage)
        let daemon = try SimulatedDaemon(model, path: path)
        for number in 2...3 as ClosedRange<UInt64> {
            for stream in ["bad", "good", "new"] {
                daemon.accept(.request(try request(stream, "More text. ", number)))
                daemon.run()
            }
        }
        try daemon.commit()
        #expect(daemon.failure == nil)
        for answer in daemon.acknowledgements {
            guard case .refused(let refusal) = answer.result else {
                // One request may be taken before what comes first proves to be damaged.
                #expect(answer.stream?.text != "bad" || answer.producerSequence == 2)
                continue
            }
            #expect(answer.stream?.text == "bad" && refusal.code == .damaged)
        }
        let last = try #require(daemon.acknowledgements.last { $0.stream?.text == "bad" })
        #expect(last.result != .accepted)
        #expect(daemon.recording.events["error/bad"]?.isEmpty == false)
        #expect(try daemon.snapshot(of: "bad") == nil)
        #expect(try daemon.snapshot(of: "good")?.state.offset == 33)
        #expect(try daemon.snapshot(of: "new")?.state.offset == 22)
        daemon.beginSweep()
        daemon.continueSweep()
        try daemon.stop()
    }

    /// What is found later, by whoever looks through the store, stops it where it is.
    @Test func itIsStoppedWhereItIs() throws {
        let folder = try TemporaryPath()
        let daemon = try SimulatedDaemon(TestModel.make(), path: folder.path + "/store.sqlite")
        for stream in ["bad", "good"] { daemon.accept(.request(try request(stream, "Text. ", 1))) }
        daemon.accept(.damage(try StreamID("bad"), "a row is not what was written"))
        daemon.run()
        for stream in ["bad", "good"] { daemon.accept(.request(try request(stream, "Text. ", 2))) }
        daemon.run()
        try daemon.commit()
        #expect(
            daemon.acknowledgements.map { $0.stream?.text == "bad" && $0.result != .accepted }
                == [false, false, true, false])
        #expect(try daemon.snapshot(of: "good")?.state.offset == 12)
        #expect(daemon.recording.events["error/bad"]?[0]?.contains("a row is not what") == true)
        try daemon.stop()
    }
}
