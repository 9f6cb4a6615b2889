import Dispatch
import Foundation
import Glibc
import Logging
import Metrics
import Synchronization
import Testing
import Threads

@testable import Daemon

/// Whoever logs never waits, and what was not written is told of.
@Suite struct LogSinkTests {
    /// A pipe whose reader is the test; it holds 4096 bytes.
    private struct Reader: ~Copyable {
        let writing: Int32
        private let reading: Int32

        init() {
            var ends: [Int32] = [0, 0]
            precondition(unsafe pipe(&ends) == 0)
            (reading, writing) = (ends[0], ends[1])
            // F_SETPIPE_SZ
            _ = fcntl(writing, 1031, 4096)
        }

        deinit { close(reading) }

        func read() -> String {
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = unsafe Glibc.read(reading, &bytes, bytes.count)
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        }
    }

    @Test func linesComeInTheirOrder() {
        let reader = Reader()
        let sink = LogSink(descriptor: reader.writing)
        let lines = (0..<10_000).map { "line \($0)" }
        for line in lines { sink.write(line) }
        var text = ""
        while !text.hasSuffix("line 9999\n") { text += reader.read() }
        #expect(text.split(separator: "\n").map(String.init) == lines)
        #expect(sink.statistics.dropped.value == 0)
        #expect(sink.flush(until: .now() + 10))
    }

    @Test func aPipeThatNobodyReadsHoldsNobodyUp() throws {
        let reader = Reader()
        let sink = LogSink(descriptor: reader.writing, limit: 10_000)
        for index in 0..<100_000 { sink.write("line \(index)") }
        #expect(!sink.flush(until: .now() + 0.01))
        let dropped = sink.statistics.dropped.value
        // The pipe and the sink hold 14,096 bytes at most, and a line has 7 or more.
        #expect(dropped > 97_000)
        var text = ""
        var told = 0
        while told < dropped {
            text += reader.read()
            told = text.matches(of: /lines=(\d+)/).reduce(0) { $0 + (Int($1.1) ?? 0) }
        }
        sink.write("after")
        while !text.hasSuffix("after\n") { text += reader.read() }
        #expect(told == dropped)
        let numbers = text.split(separator: "\n").compactMap { line in
            line.hasPrefix("line ") ? Int(line.dropFirst(5)) : nil
        }
        #expect(numbers.count == 100_000 - dropped)
        #expect(numbers == numbers.sorted())
        #expect(sink.flush(until: .now() + 10))
        #expect(sink.statistics.dropped.value == dropped)
    }

    /// As systemd, `tee` and shells may hand it over.
    @Test func aDescriptorThatDoesNotWaitLosesNothing() {
        let reader = Reader()
        _ = fcntl(reader.writing, F_SETFL, O_NONBLOCK)
        let sink = LogSink(descriptor: reader.writing)
        let lines = (0..<5000).map { "line \($0)" }
        for line in lines { sink.write(line) }
        var text = ""
        while !text.hasSuffix("line 4999\n") { text += reader.read() }
        #expect(text.split(separator: "\n").map(String.init) == lines)
    }

    @Test func aReaderThatHasGoneOrADiskThatIsFullIsCounted() throws {
        let gone = { Reader().writing }()
        let full = unsafe open("/dev/full", O_WRONLY)
        try #require(full >= 0)
        for descriptor in [gone, full] {
            let sink = LogSink(descriptor: descriptor)
            for index in 0..<100 { sink.write("line \(index)") }
            #expect(sink.flush(until: .now() + 10))
            #expect(sink.statistics.dropped.value == 100)
            close(descriptor)
        }
    }
}

/// One event is one line, whatever it quotes.
@Suite struct LineLogHandlerTests {
    private func lines(
        _ format: LogFormat = .text, _ priority: Configuration.Log.Priority = .never,
        _ body: (Logger) -> Void
    ) -> [String] {
        let written = RecordedLines()
        var log = Configuration.Log()
        log.format = format
        log.priority = priority
        let settings = LogSettings(log)
        body(
            Logger(label: "sluice") {
                LineLogHandler(label: $0, settings: settings, write: written.add)
            })
        return written.lines
    }

    @Test func aLineHasTheFieldsInOrder() throws {
        let line = try #require(
            lines { $0.warning("a message", metadata: ["b": "2", "a": "1"]) }.first)
        let parts = line.split(separator: " ", maxSplits: 1)
        #expect(parts[1] == "warning sluice: a=1 b=2 [DaemonTests] a message")
        #expect(parts[0].wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    }

    @Test(
        arguments: [
            "\n", "\r", "\u{B}", "\u{1B}", "\0", "\u{85}", "\u{2028}", "\u{2029}", "\u{202E}",
        ], LogFormat.allCases)
    func nothingForgesALine(_ scalar: String, format: LogFormat) throws {
        let forged = "x\(scalar)2026-01-31T17:04:59+0100 critical sluice: [Daemon] forged"
        for line in lines(
            format, .never,
            { logger in
                logger.info("\(forged)")
                logger.info("message", metadata: ["key": "\(forged)"])
                logger.info("message", metadata: ["\(forged)": "value"])
                logger.info("message", metadata: ["list": ["\(forged)", ["key": "\(forged)"]]])
            })
        {
            #expect(!line.unicodeScalars.contains(scalar.unicodeScalars.first!))
            if format != .logfmt { #expect(line.contains("critical sluice: [Daemon] forged")) }
        }
    }

    @Test func logfmtQuotesWhatWouldNotBeOneValue() throws {
        let line = try #require(
            lines(.logfmt) {
                $0.event(
                    .messageRefused, .warning, "no \"text\"",
                    ["stream": .quoted("a b=\n\"c\""), "code": "header", "empty": ""])
            }.first)
        let rest = line.split(separator: " ", maxSplits: 1)[1]
        #expect(
            rest
                == #"level=warning event=message_refused msg="no \"text\"" source=DaemonTests "#
                + #"code=header empty="" stream="a b=\n\"c\"""#)
    }

    @Test func jsonHasTheFieldsByTheirTypes() throws {
        let line = try #require(
            lines(.json) {
                $0.event(
                    .statistics, .info, "a \u{1B} message",
                    [
                        "tokens": .stringConvertible(17), "level": "mine",
                        "stream": .quoted("\u{E0001}\"\n"), "list": ["a", "b"],
                    ])
            }.first)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["event"] as? String == "statistics")
        #expect(object["level"] as? String == "info")
        #expect(object["level_"] as? String == "mine")
        #expect(object["message"] as? String == "a \u{1B} message")
        #expect(object["tokens"] as? Int == 17)
        #expect(object["stream"] as? String == "\u{E0001}\"\n")
        #expect(object["list"] as? [String] == ["a", "b"])
        let time = try #require(object["time"] as? String)
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
    }

    @Test func theJournalReadsThePriority() {
        let lines = lines(.text, .always) { logger in
            logger.info("a")
            logger.error("b")
        }
        #expect(lines.map { String($0.prefix(3)) } == ["<6>", "<3>"])
    }

    @Test func theLevelChangesForLoggersThatAreInUse() throws {
        let written = RecordedLines()
        let settings = LogSettings()
        let logger = Logger(label: "sluice") {
            LineLogHandler(label: $0, settings: settings, write: written.add)
        }
        logger.debug("not yet")
        var log = Configuration.Log()
        log.level = .debug
        settings.apply(log)
        logger.debug("now")
        #expect(written.lines.count == 1)
        #expect(written.lines.first?.hasSuffix("] now") == true)
    }

    /// As systemd connects standard error to its journal: by device and inode.
    @Test func recognisesTheJournalByItsStream() throws {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        var status = stat()
        try #require(unsafe fstat(ends[1], &status) == 0)
        let own = "\(status.st_dev):\(status.st_ino)"
        func isJournal(_ variable: String?) -> Bool {
            LogSettings.isJournal(
                variable.map { ["JOURNAL_STREAM": $0] } ?? [:], descriptor: ends[1])
        }
        #expect(isJournal(own))
        #expect(!isJournal(nil))
        #expect(!isJournal("\(status.st_dev):\(status.st_ino + 1)"))
        #expect(!isJournal("x"))
    }
}

private final class RecordedLines: Sendable {
    private let recorded = Mutex<[String]>([])

    var lines: [String] { recorded.withLock { $0 } }

    @Sendable func add(_ line: String) { recorded.withLock { $0.append(line) } }
}
