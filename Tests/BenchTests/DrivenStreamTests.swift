import Names
import Testing

@testable import Bench

@Suite struct DrivenStreamTests {
    private let start = ContinuousClock.now

    /// "ab cd " and "ef ", sent one second apart.
    private func stream() -> DrivenStream {
        var stream = DrivenStream(position: 0)
        stream.send(byteCount: 6, at: start)
        stream.send(byteCount: 3, at: start + .seconds(1))
        return stream
    }

    @Test func aTokenIsTimedFromTheMessageWithItsLastByte() {
        var stream = stream()
        let first = stream.receive(tokenEnd: 2, at: start + .milliseconds(5))
        #expect(first == .init(latencies: [.milliseconds(5)], finished: 0))
        let second = stream.receive(tokenEnd: 5, at: start + .milliseconds(9))
        #expect(second == .init(latencies: [.milliseconds(9)], finished: 1))
        #expect(stream.unfinishedMessages == 1)
    }

    @Test func aTokenWithTheLastSpaceIsNotTimed() {
        var stream = stream()
        #expect(stream.receive(tokenEnd: 6, at: start) == .init(latencies: [], finished: 1))
    }

    @Test func aTokenOverTheBorderFinishesOneMessageAndIsTimedInTheOther() {
        var stream = stream()
        let arrival = stream.receive(tokenEnd: 8, at: start + .seconds(3))
        #expect(arrival == .init(latencies: [.seconds(2)], finished: 2))
        #expect(stream.unfinishedMessages == 0)
    }

    @Test func anEventOfAWholeMessageIsNoToken() {
        var stream = stream()
        _ = stream.receive(tokenEnd: 5, at: start)
        #expect(stream.receive(tokenEnd: 5, at: start) == nil)
        #expect(stream.receive(tokenEnd: 2, at: start) == nil)
    }

    @Test func lostEventsAreCountedByTopic() {
        var stream = stream()
        let gaps = [(7, 1), (8, 1), (3, 2), (11, 1), (4, 2), (10, 1), (12, 1)].map {
            stream.gap(before: $0.0, topic: $0.1)
        }
        #expect(gaps == [0, 0, 0, 2, 0, 0, 0])
    }
}
