import Engine
import Model
import RecordingSupport
import TestSupport
import Testing
import Wire

/// Sweeps that meet a stream which ends and begins again.
@Suite struct SweepTests {
    private let model = try! TestModel.make(TestModel.config(.rnn, layers: 1, hidden: 4))

    private let requests: [Request] = [
        .text("a", "one"), .operation(.end, "a"), .text("a", "second", more: true),
        .operation(.end, "a"), .text("a", "three"),
    ]

    /// Whenever the sweep begins and whenever the daemon dies, all three incarnations are there again.
    @Test(arguments: 0..<9) func theNextIncarnationIsCovered(stepsBefore: Int) throws {
        let folder = try TemporaryPath()
        let peace = try SimulatedDaemon(model, path: folder.path + "/peace.sqlite")
        for request in requests { peace.accept(.request(request)) }
        let expected = try #require(try peace.snapshot(of: "a")).state
        for stepsAfter in stride(from: stepsBefore % 3, to: 20, by: 3) {
            let daemon = try SimulatedDaemon(
                model, path: folder.path + "/\(stepsAfter).sqlite")
            for request in requests { daemon.accept(.request(request)) }
            for _ in 0..<stepsBefore { _ = daemon.step() }
            daemon.beginSweep()
            daemon.continueSweep()
            for _ in 0..<stepsAfter { _ = daemon.step() }
            try daemon.commit()
            try daemon.crash()
            #expect(
                try daemon.snapshot(of: "a")?.state == expected,
                "\(stepsBefore) steps, the sweep, \(stepsAfter) steps")
            try daemon.stop()
            // Also what has come to rest is there at the next start, without being read again.
            try daemon.start()
            #expect(try daemon.snapshot(of: "a")?.state == expected)
            try daemon.stop()
        }
    }

    /// A put begins a stream that never was, and one that has ended.
    @Test func aPutBeginsAStream() throws {
        let folder = try TemporaryPath()
        let daemon = try SimulatedDaemon(model, path: folder.path + "/store.sqlite")
        daemon.accept(.request(.text("a", "half a wo", more: true)))
        let snapshot = try #require(try daemon.snapshot(of: "a"))
        func put(_ stream: String) throws -> Request {
            let id = try StreamID(stream)
            return Request(
                stream: id, operation: .put, text: snapshot.portable(as: id).encoded())
        }
        daemon.accept(.request(try put("b")))
        #expect(try daemon.snapshot(of: "b")?.state.values == snapshot.state.values)
        daemon.accept(.request(.operation(.end, "a")))
        daemon.accept(.request(try put("a")))
        #expect(try daemon.snapshot(of: "a")?.state.values == snapshot.state.values)
        // Not one that is there.
        daemon.accept(.request(.text("b", "rd")))
        daemon.accept(.request(try put("b")))
        #expect(try daemon.snapshot(of: "b")?.state.offset == 11)
        try daemon.stop()
        try daemon.start()
        #expect(try daemon.snapshot(of: "a")?.state.values == snapshot.state.values)
        #expect(try daemon.snapshot(of: "b")?.state.offset == 11)
        try daemon.stop()
    }
}
