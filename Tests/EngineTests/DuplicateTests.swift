import Engine
import Model
import RecordingSupport
import Replay
import Storage
import TestSupport
import Testing
import Wire

/// A duplicate is answered by what the store knows of its stream. The stream comes back for that, and
/// has to leave again like any other.
@Suite struct DuplicateTests {
    private static let streams = 12

    private func message(_ stream: Int, _ number: UInt64) throws -> EngineInput {
        .request(
            Request(
                stream: try StreamID("\(stream)"), text: [0x61], producerSequence: number,
                replyTo: .caller))
    }

    private func send(
        _ number: UInt64, to daemon: SimulatedDaemon
    ) throws -> [Acknowledgement.Result] {
        let first = daemon.acknowledgements.count
        for stream in 0..<Self.streams {
            daemon.accept(try message(stream, number))
            daemon.run()
            try daemon.commit()
        }
        return daemon.acknowledgements[first...].map(\.result)
    }

    private func changes(of daemon: SimulatedDaemon) -> [Int] {
        (0..<Self.streams).map { daemon.recording.events["stream/\($0)"]?.count ?? 0 }
    }

    /// Of more streams than memory has places for, each has one again and again.
    @Test(arguments: [false, true])
    func streamsThatHadDuplicatesAloneLeaveAgain(crashes: Bool) throws {
        let folder = try TemporaryPath()
        var options = EngineOptions()
        options.maxStreams = 4
        let model = try TestModel.make()
        let daemon = try SimulatedDaemon(
            model, path: folder.path + "/store.sqlite", options: options)
        #expect(try send(0, to: daemon).allSatisfy { $0 == .accepted })
        daemon.evictIdle()
        try daemon.commit()
        if crashes { try daemon.crash() }
        let before = changes(of: daemon)
        for _ in 0..<3 {
            #expect(try send(0, to: daemon).allSatisfy { $0 == .duplicate })
            #expect(daemon.failure == nil)
        }
        daemon.evictIdle()
        // They were not resumed, so they are not evicted once more.
        #expect(changes(of: daemon) == before)
        #expect(try send(1, to: daemon).allSatisfy { $0 == .accepted })
        daemon.evictIdle()
        try daemon.commit()
        #expect(changes(of: daemon) == before.map { $0 + 2 })
        try check(daemon, model)
    }

    private func check(_ daemon: SimulatedDaemon, _ model: Model) throws {
        #expect(daemon.recording.conflicts.isEmpty)
        try daemon.stop()
        let cache = ModelCache()
        cache.add(model)
        let store = try SessionStore(daemon.storage, models: cache)
        let result = try Verification(store, .all, options: VerifyOptions()).run()
        #expect(result.isEqual, "\(result.divergences.first?.message ?? "")")
    }
}
