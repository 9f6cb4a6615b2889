import Daemon
import Logging
import Synchronization
import Testing
import Wire

/// Bad input is told, but does not fill a disk.
@Suite struct RefusalLogTests {
    /// A clock that a test sets.
    private final class Clock: Sendable {
        private let time = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { time.withLock { $0 } }
        func advance(by duration: Duration) { time.withLock { $0 += duration } }
    }

    @Test func saysWhatWhereAndWhose() throws {
        let log = RecordedLog()
        let refusals = RefusalLog(logger: log.logger)
        refusals.add(
            Refusal(.header, "the header is bad", endpoint: "tcp://host:1"),
            stream: try StreamID("ne\"ws"))
        refusals.add(Refusal(.streamID, "no id"), stream: nil)
        #expect(log.lines.map(\.text) == ["the header is bad", "no id"])
        #expect(log.lines.map(\.level) == [.warning, .warning])
        #expect(
            log.lines.map(\.metadata) == [
                [
                    "event": "message_refused", "code": "header", "stream": #""ne\"ws""#,
                    "endpoint": "tcp://host:1",
                ],
                ["event": "message_refused", "code": "stream_id"],
            ])
    }

    @Test func eachKindHasFiveLinesInASecondAndTheRestIsCounted() throws {
        let log = RecordedLog()
        let clock = Clock()
        let refusals = RefusalLog(logger: log.logger) { clock.now }
        for _ in 0..<100 { refusals.add(Refusal(.header, "a"), stream: nil) }
        for _ in 0..<3 { refusals.add(Refusal(.frameCount, "b"), stream: nil) }
        #expect(log.lines.map(\.text) == Array(repeating: "a", count: 5) + ["b", "b", "b"])
        #expect(log.lines.allSatisfy { $0.metadata["omitted"] == nil })
        clock.advance(by: .milliseconds(999))
        refusals.add(Refusal(.header, "a"), stream: nil)
        #expect(log.lines.count == 8)
        clock.advance(by: .milliseconds(1))
        for _ in 0..<7 { refusals.add(Refusal(.header, "a"), stream: nil) }
        #expect(log.lines.count == 13)
        #expect(log.lines.map { $0.metadata["omitted"] }.compactMap(\.self) == ["96"])
        clock.advance(by: .seconds(10))
        refusals.add(Refusal(.header, "a"), stream: nil)
        #expect(log.lines.last?.metadata["omitted"] == "2")
    }
}
