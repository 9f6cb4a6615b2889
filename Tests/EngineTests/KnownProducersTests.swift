import Engine
import Foundation
import Journal
import Model
import Names
import Storage
import TestSupport
import Testing
import Wire

/// A stream takes messages of any number of producers, and remembers 1,024 of them: after a restart
/// the same ones as before.
@Suite struct KnownProducersTests {
    private static let most = 1024
    private let stream: StreamID

    init() throws { stream = try StreamID("s") }

    private func request(_ producer: String, _ number: UInt64, isLast: Bool = false) -> Request {
        var request = Request(
            stream: stream, text: [0x61], producer: Name(producer), producerSequence: number,
            replyTo: .caller)
        request.isLast = isLast
        return request
    }

    private func send(
        _ requests: [Request], to daemon: SimulatedDaemon
    ) throws -> [Acknowledgement.Result] {
        let first = daemon.acknowledgements.count
        for request in requests {
            daemon.time += 1
            daemon.accept(.request(request))
        }
        daemon.run()
        try daemon.commit()
        return daemon.acknowledgements[first...].map(\.result)
    }

    @Test(arguments: [false, true])
    func whoeverIsNotUsedIsForgottenFirst(evicts: Bool) throws {
        let folder = try TemporaryPath()
        let daemon = try SimulatedDaemon(TestModel.make(), path: folder.path + "/store.sqlite")
        let all = (0..<Self.most + 10).map { request("p\($0)", 1) }
        #expect(try send(Array(all[..<Self.most]), to: daemon).allSatisfy { $0 == .accepted })
        // Of these ten the first three are used again.
        #expect(
            try send((0..<3).map { request("p\($0)", 2) }, to: daemon) == [
                .accepted, .accepted, .accepted,
            ])
        #expect(try send(Array(all[Self.most...]), to: daemon).allSatisfy { $0 == .accepted })
        if evicts { daemon.evictIdle() }
        try daemon.commit()
        try daemon.crash()
        // p3 to p12 are forgotten; asking for one makes the next go.
        let known = [0, 1, 2, 13, 14, Self.most - 1, Self.most + 9]
        #expect(
            try send(known.map { all[$0] }, to: daemon)
                == Array(repeating: .duplicate, count: known.count))
        #expect(
            try send([all[3], all[12], all[13]], to: daemon) == [.accepted, .accepted, .accepted])
        try daemon.stop()
    }

    /// A name that is done makes room before any other, and until then its last number is known.
    @Test func whoeverIsDoneGoesFirst() throws {
        let folder = try TemporaryPath()
        let daemon = try SimulatedDaemon(TestModel.make(), path: folder.path + "/store.sqlite")
        _ = try send((0..<Self.most - 2).map { request("p\($0)", 1) }, to: daemon)
        #expect(
            try send([request("one", 7, isLast: true), request("two", 7)], to: daemon)
                == [.accepted, .accepted])
        // Said with a resend of what was accepted.
        #expect(try send([request("two", 7, isLast: true)], to: daemon) == [.duplicate])
        try daemon.crash()
        #expect(
            try send([request("one", 7), request("two", 7)], to: daemon) == [
                .duplicate, .duplicate,
            ])
        #expect(try send([request("new", 1)], to: daemon) == [.accepted])
        #expect(
            try send([request("two", 7), request("p0", 1)], to: daemon) == [.duplicate, .duplicate])
        #expect(try send([request("newer", 1)], to: daemon) == [.accepted])
        try daemon.stop()
        try daemon.start()
        #expect(try send([request("p0", 1)], to: daemon) == [.duplicate])
        #expect(try send([request("two", 7)], to: daemon) == [.accepted])
        try daemon.stop()
    }

    /// Thousands of runs, each with a name of its own.
    @Test func aStreamIsNeverClosedToNewProducers() throws {
        let folder = try TemporaryPath()
        let daemon = try SimulatedDaemon(TestModel.make(), path: folder.path + "/store.sqlite")
        #expect(try send([request("keeper", 1)], to: daemon) == [.accepted])
        for _ in 0..<3 {
            let runs = (0..<1000).map { _ in
                request("pub-\(UInt64.random(in: 0...UInt64.max))", 1, isLast: true)
            }
            #expect(try send(runs, to: daemon).allSatisfy { $0 == .accepted })
        }
        #expect(try send([request("keeper", 1)], to: daemon) == [.duplicate])
        let reader = try JournalReader(path: folder.path + "/store.sqlite")
        #expect(try reader.producers(of: stream).count == Self.most)
        try reader.check()
        try daemon.stop()
    }
}
