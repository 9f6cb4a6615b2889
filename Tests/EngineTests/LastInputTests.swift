import Engine
import RecordingSupport
import Storage
import TestSupport
import Testing
import Wire

/// When a stream's last input came: what the daemon does by itself is no input.
struct LastInputTests {
    private let folder: TemporaryPath
    private let daemon: SimulatedDaemon

    init() throws {
        folder = try TemporaryPath()
        var options = EngineOptions()
        options.idleFlush = .seconds(1)
        daemon = try SimulatedDaemon(
            try TestModel.make(), path: folder.path + "/store.sqlite", options: options)
    }

    private func accept(_ request: Request, at time: Double) throws {
        daemon.setTime(time)
        daemon.accept(.request(request))
        daemon.run()
        try daemon.commit()
    }

    /// Both lists agree.
    private func expect(
        _ time: Double, _ residence: ListedStream.Residence,
        location: SourceLocation = #_sourceLocation
    ) throws {
        try daemon.commit()
        let listed = try daemon.listing()
        #expect(listed.map(\.lastInput) == [time], sourceLocation: location)
        #expect(listed.map(\.residence) == [residence], sourceLocation: location)
        let stored = try daemon.storage.makeReader().summaries()
        #expect(stored.map(\.lastInput) == [time], sourceLocation: location)
    }

    @Test func whatTheDaemonDecidesIsNone() throws {
        try accept(.text("s", "text"), at: 10)
        try expect(10, .resident)
        daemon.setTime(20)
        daemon.evictIdle()
        try expect(10, .evicted)
        daemon.setTime(30)
        _ = try daemon.snapshot(of: "s")
        try expect(10, .evicted)
        try accept(.text("s", "it goes on", more: true), at: 40)
        try expect(40, .resident)
        daemon.setTime(50)
        daemon.flushIdle()
        daemon.evictIdle()
        try expect(40, .evicted)
        var flush = Request.operation(.flush, "s")
        flush.endpoint = "tcp://127.0.0.1:5603"
        try accept(flush, at: 60)
        try expect(60, .resident)
        try accept(.operation(.reset, "s"), at: 70)
        daemon.setTime(80)
        daemon.evictIdle()
        try expect(70, .evicted)
    }

    @Test func aRestartIsNone() throws {
        try accept(.text("s", "text"), at: 10)
        try accept(.text("s", "unfinished", more: true), at: 20)
        try daemon.crash()
        daemon.setTime(30)
        try expect(20, .resident)
        try daemon.stop()
        try daemon.start()
        daemon.setTime(40)
        try expect(20, .evicted)
    }

    @Test func theNextIncarnationHasItsOwn() throws {
        daemon.setTime(10)
        for request in [Request.text("s", "one"), .operation(.end, "s"), .text("s", "two")] {
            daemon.accept(.request(request))
        }
        daemon.setTime(20)
        daemon.run()
        try daemon.commit()
        #expect(try daemon.listing().map(\.lastInput) == [10])
    }
}
