import Engine
import Foundation
import Model
import RecordingSupport
import Storage
import StorageSupport
import Synchronization
import TestSupport
import Testing
import Wire

/// A daemon that dies at random moments, and publishers that send again what it has not answered.
@Suite struct CrashTests {
    /// What each stream's publisher sends, in order; numbered, so that it can be sent again.
    private struct Script {
        var requests: [[Request]]

        init(streams: Int, count: Int, ends: Bool, seed: UInt64) throws {
            var random = SeededRandom(seed: seed)
            requests = try (0..<streams).map { stream in
                let id = try StreamID("stream \(stream)")
                return (0..<count).map { number in
                    Self.request(id, number, ends: ends, &random)
                }
            }
        }

        private static func request(
            _ id: StreamID, _ number: Int, ends: Bool, _ random: inout SeededRandom
        ) -> Request {
            var request = Request(stream: id)
            // A stream begins with text; what comes for none is refused, and that is not numbered.
            switch number == 0 ? 15 : Int.random(in: 0..<16, using: &random) {
            case 0: request.operation = .flush
            case 1: request.operation = .reset
            case 2 where ends: request.operation = .end
            case 3:
                // Longer than what is tokenised at once, so that checkpoints fall inside.
                request.text = random.text(Int.random(in: 200...700, using: &random))
                request.more = Bool.random(using: &random)
            default:
                request.text =
                    Bool.random(using: &random) ? random.text(9) : random.bytes(7)
                request.more = Bool.random(using: &random)
            }
            request.producerSequence = UInt64(number)
            request.replyTo = .caller
            return request
        }
    }

    fileprivate struct Ending: Equatable {
        var states: [StreamSnapshot.State?] = []
    }

    /// All of it in peace.
    private func undisturbed(
        _ script: Script, _ model: Model
    ) throws -> (Ending, ReplayableRecording) {
        let daemon = try SimulatedDaemon(model, on: MemoryStorage())
        for request in script.requests.joined() {
            daemon.accept(.request(request))
            daemon.run()
        }
        try daemon.commit()
        defer { try? daemon.stop() }
        return (try ending(daemon, script), daemon.recording)
    }

    private func daemon(
        _ model: Model, in folder: String, _ options: EngineOptions, recoversBesideServing: Bool,
        isInMemory: Bool
    ) throws -> SimulatedDaemon {
        if isInMemory {
            return try SimulatedDaemon(
                model, on: MemoryStorage(), options: options,
                recoversBesideServing: recoversBesideServing)
        }
        return try SimulatedDaemon(
            model, path: folder + "/war.sqlite", options: options,
            recoversBesideServing: recoversBesideServing)
    }

    private func ending(_ daemon: SimulatedDaemon, _ script: Script) throws -> Ending {
        var ending = Ending()
        for requests in script.requests {
            ending.states.append(try daemon.snapshot(of: requests[0].stream.text)?.state)
        }
        return ending
    }

    /// Takes, steps, commits, checkpoints, evicts and dies, all at random, until all is done.
    private func disturbed(
        _ script: Script, _ daemon: SimulatedDaemon, evicts: Bool, seed: UInt64
    ) throws -> Int {
        var random = SeededRandom(seed: seed)
        var next = script.requests.map { _ in 0 }
        var answers = 0
        var acknowledged = script.requests.map { _ in -1 }
        var crashes = 0
        func readAnswers() throws {
            for answer in daemon.acknowledgements[answers...] {
                let stream = try #require(
                    script.requests.firstIndex { $0[0].stream == answer.stream })
                acknowledged[stream] = Int(try #require(answer.producerSequence))
            }
            answers = daemon.acknowledgements.count
        }
        while acknowledged != script.requests.map({ $0.count - 1 }) {
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<40:
                let stream = Int.random(in: next.indices, using: &random)
                guard next[stream] < script.requests[stream].count else { continue }
                daemon.accept(.request(script.requests[stream][next[stream]]))
                next[stream] += 1
            case 40..<70: _ = daemon.step()
            case 70..<85: try daemon.commit(atMost: Int.random(in: 1...3, using: &random))
            case 85..<87: daemon.beginSweep()
            case 87..<92: daemon.continueSweep()
            case 92..<95: if evicts { daemon.evictIdle() }
            case 95..<97:
                crashes += 1
                try daemon.crash()
                // Whoever has had no answer sends it again, and some send too much again.
                try readAnswers()
                for stream in next.indices {
                    next[stream] = Int.random(
                        in: max(0, acknowledged[stream] - 2)...acknowledged[stream] + 1,
                        using: &random)
                }
            case 97: daemon.recoverNext()
            default: try readAnswers()
            }
            if let failure = daemon.failure { throw failure }
        }
        daemon.recoverAll()
        try daemon.commit()
        return crashes
    }

    @Test(arguments: TestModel.everyNetwork.indices)
    func nothingIsLostAndNothingIsReadTwice(seed: Int) throws {
        let folder = try TemporaryPath()
        let model = try TestModel.make(TestModel.everyNetwork[seed])
        let script = try Script(streams: 5, count: 30, ends: false, seed: UInt64(seed))
        let (peace, told) = try undisturbed(script, model)
        var options = EngineOptions()
        options.maxBatch = 1 + seed
        options.checkpointTokens = 150
        let daemon = try daemon(
            model, in: folder.path, options, recoversBesideServing: seed.isMultiple(of: 2),
            isInMemory: seed.isMultiple(of: 3))
        let crashes = try disturbed(script, daemon, evicts: false, seed: UInt64(seed))
        #expect(crashes > 2)
        #expect(try ending(daemon, script) == peace)
        #expect(daemon.recording.conflicts == [])
        for (topic, events) in daemon.recording.events {
            for (sequence, body) in events where told.events[topic]?[sequence] != body {
                Issue.record("\(topic) \(sequence) is another than in peace")
                return
            }
        }
        try daemon.stop()
    }

    /// With streams that end, begin again, and are moved to the store and back.
    @Test(arguments: 0..<8)
    func incarnationsGoOnThroughEvictionsAndCrashes(seed: Int) throws {
        let folder = try TemporaryPath()
        let model = try TestModel.make()
        let script = try Script(streams: 6, count: 30, ends: true, seed: UInt64(seed) + 100)
        let (peace, _) = try undisturbed(script, model)
        var options = EngineOptions()
        options.maxStreams = 6
        options.checkpointTokens = 100
        let daemon = try daemon(
            model, in: folder.path, options, recoversBesideServing: seed.isMultiple(of: 2),
            isInMemory: seed.isMultiple(of: 4))
        _ = try disturbed(script, daemon, evicts: true, seed: UInt64(seed) + 7)
        #expect(
            try ending(daemon, script).withoutStreamEvents == peace.withoutStreamEvents)
        try daemon.stop()
    }
}

extension CrashTests.Ending {
    /// Evictions and returns are numbered, too.
    fileprivate var withoutStreamEvents: Self {
        var ending = self
        for index in ending.states.indices { ending.states[index]?.streamEvents = 0 }
        return ending
    }
}

/// A folder that goes with the last reference to this.
final class TemporaryPath {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/sluice-engine-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
