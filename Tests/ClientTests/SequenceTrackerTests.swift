import Client
import Names
import TestSupport
import Testing
import Wire

@Suite struct SequenceTrackerTests {
    private let topic = Topic(.next, stream: "a")

    @Test func findsGapsInEachTopicAlone() {
        var tracker = SequenceTracker()
        let other = Topic(.next, stream: "b")
        #expect(tracker.note(topic, 5, body: []) == .inOrder)
        #expect(tracker.note(other, 0, body: []) == .inOrder)
        #expect(tracker.note(topic, 6, body: []) == .inOrder)
        #expect(tracker.note(topic, 10, body: []) == .gap(missing: 3))
        #expect(tracker.note(topic, 11, body: []) == .inOrder)
        #expect(tracker.note(other, 1, body: []) == .inOrder)
        // Without a lost connection another stream of the name has begun, whatever it says.
        #expect(tracker.note(topic, 0, body: []) == .restarted)
        #expect(tracker.note(topic, 1, body: []) == .inOrder)
        #expect(tracker.note(Topic(.sentiment, stream: "a"), 9, body: []) == .inOrder)
        // Two spellings of one letter are two streams.
        #expect(tracker.note(Topic(.next, stream: "\u{E9}"), 5, body: []) == .inOrder)
        #expect(tracker.note(Topic(.next, stream: "e\u{301}"), 9, body: []) == .inOrder)
    }

    /// Bodies of three bytes, which tell the events of an incarnation apart.
    private func body(_ sequence: UInt64, incarnation: UInt8 = 0) -> [UInt8] {
        [incarnation, UInt8(sequence & 255), UInt8(sequence >> 8 & 255)]
    }

    @Test(arguments: 0..<20) func whatComesAgainAfterACrashIsKnown(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var tracker = SequenceTracker()
        var next: UInt64 = 0
        for _ in 0..<20 {
            for _ in 0..<Int.random(in: 1...300, using: &random) {
                #expect(tracker.note(topic, next, body: body(next)) == .inOrder)
                next += 1
            }
            tracker.noteDisconnection()
            for again in UInt64.random(in: 0...next, using: &random)..<next {
                #expect(tracker.note(topic, again, body: body(again)) == .repeated)
            }
        }
    }

    /// The loss of a connection is known before all that came by it has been read.
    @Test func whatIsReadAfterTheLossIsOfTheLostConnectionAtFirst() {
        var tracker = SequenceTracker()
        _ = tracker.note(topic, 0, body: body(0))
        tracker.noteDisconnection()
        let lost = (1..<UInt64(4)).map { tracker.note(topic, $0, body: body($0)) }
        let again = (0..<UInt64(5)).map { tracker.note(topic, $0, body: body($0)) }
        #expect(lost == [.inOrder, .inOrder, .inOrder])
        #expect(again == [.repeated, .repeated, .repeated, .repeated, .inOrder])
        tracker.noteSettled()
        #expect(tracker.note(topic, 5, body: body(5)) == .inOrder)
        #expect(tracker.note(topic, 0, body: body(0)) == .restarted)
    }

    @Test func anotherIncarnationAfterALostConnectionIsShown() {
        var tracker = SequenceTracker()
        for sequence in 0..<UInt64(10) {
            _ = tracker.note(topic, sequence, body: body(sequence))
        }
        tracker.noteDisconnection()
        #expect(tracker.note(topic, 0, body: body(0, incarnation: 1)) == .restarted)
        #expect(tracker.note(topic, 1, body: body(1)) == .inOrder)
    }

    @Test func anEventThatWasMissedIsTakenWhenItComesAgain() {
        var tracker = SequenceTracker()
        _ = tracker.note(topic, 0, body: body(0))
        #expect(tracker.note(topic, 3, body: body(3)) == .gap(missing: 2))
        tracker.noteDisconnection()
        let findings = (0..<UInt64(5)).map { tracker.note(topic, $0, body: body($0)) }
        #expect(findings == [.repeated, .inOrder, .inOrder, .repeated, .inOrder])
    }

    /// Once the numbers are where they were, the name's next incarnation begins at 0.
    @Test func aStreamThatEndsAfterTheCrashBeginsAnew() {
        var tracker = SequenceTracker()
        for sequence in 0..<UInt64(3) {
            _ = tracker.note(topic, sequence, body: body(sequence))
        }
        tracker.noteDisconnection()
        for sequence in 1..<UInt64(3) {
            #expect(tracker.note(topic, sequence, body: body(sequence)) == .repeated)
        }
        #expect(tracker.note(topic, 0, body: body(0)) == .restarted)
        #expect(tracker.note(topic, 1, body: body(1)) == .inOrder)
    }
}
