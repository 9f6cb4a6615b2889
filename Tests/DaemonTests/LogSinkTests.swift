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
    private func lines(_ body: (Logger) -> Void) -> [String] {
        let written = RecordedLines()
        body(Logger(label: "sluice") { LineLogHandler(label: $0, write: written.add) })
        return written.lines
    }

    @Test func aLineHasTheFieldsInOrder() throws {
        let line = try #require(
            lines { $0.warning("a message", metadata: ["b": "2", "a": "1"]) }.first)
        let parts = line.split(separator: " ", maxSplits: 1)
        #expect(parts[1] == "warning sluice: a=1 b=2 [DaemonTests] a message")
        #expect(parts[0].wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}/) != nil)
    }

    @Test(arguments: [
        "\n", "\r", "\u{B}", "\u{1B}", "\0", "\u{85}", "\u{2028}", "\u{2029}", "\u{202E}",
    ])
    func nothingForgesALine(_ scalar: String) throws {
        let forged = "x\(scalar)2026-01-31T17:04:59+0100 critical sluice: [Daemon] forged"
        for line in lines({ logger in
            logger.info("\(forged)")
            logger.info("message", metadata: ["key": "\(forged)"])
            logger.info("message", metadata: ["\(forged)": "value"])
            logger.info("message", metadata: ["list": ["\(forged)", ["key": "\(forged)"]]])
        }) {
            #expect(!line.unicodeScalars.contains(scalar.unicodeScalars.first!))
            #expect(line.contains("critical sluice: [Daemon] forged"))
        }
    }
}

private final class RecordedLines: Sendable {
    private let recorded = Mutex<[String]>([])

    var lines: [String] { recorded.withLock { $0 } }

    @Sendable func add(_ line: String) { recorded.withLock { $0.append(line) } }
}
