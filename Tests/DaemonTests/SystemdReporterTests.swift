import Daemon
import Glibc
import Testing

@Suite struct SystemdReporterTests {
    @Test func theIntervalIsThatOfThisProcess() {
        func interval(_ environment: [String: String]) -> Duration? {
            WatchdogInterval(environment: environment)?.duration
        }
        #expect(interval([:]) == nil)
        #expect(interval(["WATCHDOG_USEC": "60000000"]) == .seconds(60))
        let own = ["WATCHDOG_USEC": "500000", "WATCHDOG_PID": "\(getpid())"]
        #expect(interval(own) == .milliseconds(500))
        #expect(interval(["WATCHDOG_USEC": "500000", "WATCHDOG_PID": "\(getppid())"]) == nil)
        for wrong in ["", "0", "-1", "1s", "99999999999999999999"] {
            #expect(interval(["WATCHDOG_USEC": wrong]) == nil)
        }
    }

    @Test func figuresAreInOneLine() {
        let earlier = ServiceFigures(streams: 0, tokens: 100, connections: 0, storeBytes: nil)
        let now = ServiceFigures(streams: 3, tokens: 1100, connections: 2, storeBytes: 1_234_567)
        #expect(
            now.text(since: earlier, seconds: 4, work: "")
                == "serving: streams 3, tokens/s 250, connections 2, store 1.2 MB")
        #expect(
            now.text(since: nil, seconds: 0, work: "recovering: 3%")
                == "serving: streams 3, connections 2, store 1.2 MB; recovering: 3%")
        let sizes = [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (123_456_789, "123 MB")]
        for (bytes, text) in sizes {
            let figures = ServiceFigures(streams: 0, tokens: 0, connections: 0, storeBytes: bytes)
            #expect(figures.text(since: nil, seconds: 0, work: "").hasSuffix("store \(text)"))
        }
    }

    @Test func thereIsNoneWithoutAServiceManager() throws {
        #expect(try SystemdReporter(environment: ["WATCHDOG_USEC": "60000000"]) == nil)
    }
}
