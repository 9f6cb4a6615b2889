import Engine
import Foundation
import Model
import RecordingSupport
import Replay
import Storage
import TestSupport
import Testing
import Wire

/// What a stream will not read is refused when it comes, if that is known by then: also after an
/// eviction, a restart and a crash. What was accepted before stays accepted.
@Suite struct RefusedInputTests {
    /// What may happen to a stream between two of its messages.
    enum Interruption: CaseIterable { case none, eviction, crash, restart }

    private let folder: TemporaryPath
    private let model: Model

    init() throws {
        folder = try TemporaryPath()
        model = try TestModel.exploding(TestModel.exploding, token: UInt8(ascii: "!"))
    }

    private func daemon() throws -> SimulatedDaemon {
        try SimulatedDaemon(model, path: folder.path + "/journal.sqlite")
    }

    private func interrupt(_ daemon: SimulatedDaemon, _ interruption: Interruption) throws {
        switch interruption {
        case .none: break
        case .eviction: daemon.evictIdle()
        case .crash: try daemon.crash()
        case .restart:
            try daemon.stop()
            try daemon.start()
        }
    }

    /// What the publisher is told of one message.
    private func answer(
        _ daemon: SimulatedDaemon, _ text: String, _ number: UInt64, more: Bool = false,
        _ operation: Request.Operation = .text, reads: Bool = true
    ) throws -> String {
        var request = Request.text("s", text, more: more)
        request.operation = operation
        request.producerSequence = number
        request.replyTo = .caller
        daemon.accept(.request(request))
        if reads { daemon.run() }
        try daemon.commit()
        switch daemon.acknowledgements.last?.result {
        case .accepted: return "accepted"
        case .duplicate: return "duplicate"
        case .refused(let refusal): return refusal.code.rawValue
        case nil: return "none"
        }
    }

    /// It must be possible to read all of it again to the same events.
    private func check(_ daemon: SimulatedDaemon) throws {
        #expect(daemon.failure == nil)
        try daemon.stop()
        let cache = ModelCache()
        cache.add(model)
        let store = try SessionStore(daemon.storage, models: cache)
        let result = try Verification(store, .all, options: VerifyOptions()).run()
        #expect(result.isEqual && result.divergences.isEmpty)
        #expect(result.counts.requests > 0 && result.counts.withoutOutcome == 0)
    }

    @Test(arguments: Interruption.allCases) func textForAQuarantinedStream(
        _ interruption: Interruption
    ) throws {
        let daemon = try daemon()
        #expect(try answer(daemon, String(repeating: "!", count: 2000), 0) == "accepted")
        try interrupt(daemon, interruption)
        #expect(try answer(daemon, "more", 1) == "quarantined")
        #expect(try answer(daemon, "", 2, .flush) == "accepted")
        try interrupt(daemon, interruption)
        #expect(try answer(daemon, "again", 3, more: true) == "quarantined")
        #expect(try answer(daemon, "", 4, .reset, reads: false) == "accepted")
        // What comes after the reset is read after it; a refused number may come again.
        #expect(try answer(daemon, "words", 5, reads: false) == "accepted")
        daemon.run()
        try interrupt(daemon, interruption)
        #expect(try answer(daemon, "words", 5) == "duplicate")
        #expect(try answer(daemon, String(repeating: "!", count: 2000), 6) == "accepted")
        #expect(try answer(daemon, "", 7, .end) == "accepted")
        #expect(try answer(daemon, "words", 8) == "accepted")
        #expect(daemon.recording.events["next/s"]?.isEmpty == false)
        try check(daemon)
    }

    /// The state that it comes after is not known yet.
    @Test func textBeforeTheQuarantineStaysAccepted() throws {
        let daemon = try daemon()
        let long = String(repeating: "!", count: 2000)
        #expect(try answer(daemon, long, 0, reads: false) == "accepted")
        #expect(try answer(daemon, "more", 1, reads: false) == "accepted")
        #expect(try answer(daemon, "", 2, .end, reads: false) == "accepted")
        #expect(try answer(daemon, "another life", 3, reads: false) == "accepted")
        daemon.run()
        #expect(try answer(daemon, "goes on", 4) == "accepted")
        try check(daemon)
    }

    @Test(arguments: Interruption.allCases) func anEndOfNoMessage(
        _ interruption: Interruption
    ) throws {
        let daemon = try daemon()
        #expect(try answer(daemon, "whole", 0) == "accepted")
        try interrupt(daemon, interruption)
        #expect(try answer(daemon, "", 1) == "empty_message")
        #expect(try answer(daemon, "begun", 2, more: true, reads: false) == "accepted")
        try interrupt(daemon, interruption)
        #expect(try answer(daemon, "", 3) == "accepted")
        #expect(try answer(daemon, "", 4) == "empty_message")
        #expect(try answer(daemon, "begun", 5, more: true) == "accepted")
        #expect(try answer(daemon, "", 6, .reset, reads: false) == "accepted")
        #expect(try answer(daemon, "", 7, reads: false) == "empty_message")
        daemon.run()
        #expect(try answer(daemon, "begun", 8, more: true) == "accepted")
        #expect(try answer(daemon, "", 9, .end) == "accepted")
        try interrupt(daemon, interruption)
        #expect(try answer(daemon, "", 10) == "no_such_stream")
        try check(daemon)
    }
}
