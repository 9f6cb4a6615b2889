import Foundation
import TestSupport
import Testing
import ZeroMQ

/// `sluice pub --reliable` → `sluice serve`: every message is acknowledged, and read once.
@Suite(.blocking) struct ReliableTests {
    private let lines = (0..<60).map { "line \($0) of a text" }

    private func arguments(_ daemon: ServedDaemon, _ more: [String]) throws -> [String] {
        ["pub", "--reliable", "--to", try daemon.endpoint(.router).text, "--stream", "s"] + more
    }

    private func pub(
        _ daemon: ServedDaemon, _ more: String..., input: String = ""
    ) throws -> SluiceProcess.Result {
        try SluiceProcess.run(try arguments(daemon, more), input: input)
    }

    /// What `score` says of these lines.
    private func scored(_ lines: [String]) throws -> [String] {
        try SluiceProcess.run(
            ["score", "--per-line", "--stream", "s", "--model", Repository.smallModel],
            input: lines.joined(separator: "\n")
        ).lines
    }

    private func lines(_ puller: borrowing Socket) throws -> [String] {
        try puller.receiveEvents { $0.isEnd }.map(\.line)
    }

    // MARK: What is published is read once

    @Test func whatIsPublishedIsScored() throws {
        let daemon = try ServedDaemon([.router, .all])
        let peers = try Peers()
        let puller = try peers.puller(daemon)
        let result = try pub(
            daemon, "--per-line", "--end", input: lines.joined(separator: "\n"))
        #expect(result.status == 0, "\(result.errors)")
        #expect(try lines(puller) == scored(lines))

        let folder = try TemporaryFolder()
        let text = lines.joined(separator: "\r\n") + "Grüße 👍"
        let file = try folder.write(text, to: "text")
        #expect(try pub(daemon, "--piece", "7", "--window", "3", "--end", file).status == 0)
        let whole = try SluiceProcess.run(
            ["score", "--stream", "s", "--model", Repository.smallModel], input: text)
        #expect(try lines(puller) == whole.lines)
        let stopped = try daemon.stop().logged("stopped")
        #expect(stopped["acks.dropped"] == "0")
        #expect(stopped["acks"] == stopped["requests"])
    }

    @Test func aRunThatIsRepeatedIsReadOnceAndANewOneIsRead() throws {
        let daemon = try ServedDaemon([.router, .all])
        let peers = try Peers()
        let puller = try peers.puller(daemon)
        let text = lines.joined(separator: "\n")
        let flags = ["--per-line", "--producer", "me", "--start-seq"]
        for hadAll in [false, true] {
            let result = try SluiceProcess.run(
                try arguments(daemon, flags + ["0"]), input: text)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("had 60 of 60 numbers") == hadAll)
            #expect(result.errors.contains("'me' begins with --start-seq 60"))
        }
        let more = try SluiceProcess.run(
            try arguments(daemon, flags + ["60", "--end"]), input: "something new")
        #expect(more.status == 0, "\(more.errors)")
        #expect(try lines(puller) == scored(lines + ["something new"]))
        // Without a name, the same text is new text.
        #expect(try pub(daemon, "--per-line", "--end", input: text).status == 0)
        #expect(try lines(puller) == scored(lines))
        try daemon.stop()
    }

    /// A daemon that does not answer: what is not acknowledged is told, with what to do about it.
    @Test func aRunThatIsCutShortIsTakenUp() throws {
        let daemon = try ServedDaemon([.router, .all])
        let peers = try Peers()
        let puller = try peers.puller(daemon)
        let publisher = try SluiceProcess(
            try arguments(daemon, ["--per-line", "--linger", "200ms"]))
        let text = lines.map { $0 + "\n" }
        try publisher.input.write(contentsOf: Data(text[..<20].joined().utf8))
        // The last of these lines was read, so all are acknowledged, or about to be.
        _ = try puller.receiveEvents { $0.isMessageEnd && $0.has(#""message":19"#) }
        daemon.process.signal(SIGSTOP)
        try publisher.finishInput(text[20...].joined())
        let cut = try publisher.finish()
        daemon.process.signal(SIGCONT)
        #expect(cut.status == 75, "\(cut.errors)")
        let advice = try #require(
            cut.errors.components(separatedBy: "with the same text and ").last)
        #expect(cut.errors.contains("of 60 messages sent were not acknowledged"))
        let again = advice.replacing("'", with: "").split { " \n".contains($0) }.map(String.init)
        #expect(again.count == 4 && again[0] == "--producer" && again[3] == "0")

        let second = try SluiceProcess.run(
            try arguments(daemon, ["--per-line", "--end"] + again), input: text.joined())
        #expect(second.status == 0, "\(second.errors)")
        #expect(second.errors.contains("numbers of the producer"))
        let events = try puller.receiveEvents { $0.isEnd }.map(\.line)
        #expect(Array(try scored(lines).suffix(events.count)) == events)
        #expect(events.count(where: { $0.contains(#""scope":"message""#) }) == 40)
        try daemon.stop()
    }

    /// Killed in the middle, it comes back and hears the rest.
    @Test func thePublisherGoesOnWhenTheDaemonComesBack() throws {
        let folder = try TemporaryFolder()
        let first = try ServedDaemon([.router, .all], folder: folder)
        let peers = try Peers()
        let puller = try peers.puller(first)
        let publisher = try SluiceProcess(try arguments(first, ["--per-line", "--end"]))
        try publisher.input.write(contentsOf: Data("before\n".utf8))
        _ = try puller.receiveEvents { $0.isMessageEnd }
        first.process.signal(SIGKILL)
        try publisher.waitForErrors(containing: "lost the connection")
        let second = try ServedDaemon([.router, .all], folder: folder)
        try publisher.waitForErrors(containing: "connected again")
        try publisher.finishInput("after\n")
        #expect(try publisher.finish().status == 0)
        _ = try puller.receiveEvents { $0.isEnd }
        try second.stop()
    }

    // MARK: Refusals

    @Test func aRefusalIsToldAndIsTheExitCode() throws {
        let daemon = try ServedDaemon([.router, .out], keys: "limits.max_text_bytes = 100")
        let long = String(repeating: "x", count: 101)
        let input = ["short", long, "also short"].joined(separator: "\n")
        let refused = try pub(daemon, "--per-line", input: input)
        #expect(refused.status == 65)
        #expect(refused.errors.contains("stream 's', number 1, text_too_large: the text has 101"))
        #expect(refused.errors.contains("1 message was refused"))
        let kept = try pub(daemon, "--per-line", "--keep-going", input: input)
        #expect(kept.status == 0)
        #expect(kept.errors.contains("text_too_large"))
        try daemon.stop()
    }

    @Test func whatDoesNotGoTogetherIsSaid() throws {
        let cases: [(arguments: [String], words: String)] = [
            (["--reliable", "--push"], "exclude each other"),
            (["--keep-going"], "need --reliable"),
            (["--window", "3"], "need --reliable"),
            (["--reliable", "--producer", "me"], "need each other"),
            (["--reliable", "--start-seq", "3"], "need each other"),
            (["--reliable", "--producer", "", "--start-seq", "3"], "1 to 200 bytes"),
            (["--reliable", "--producer", "me", "--start-seq", "-3"], "start-seq"),
            (["--reliable", "--producer", "me", "--start-seq", "3"], "give files, or --per-line"),
            (["--reliable", "--window", "0"], "--window"),
            (["--reliable", "--resend-after", "0s"], "above 0"),
        ]
        for (arguments, words) in cases {
            let result = try SluiceProcess.run(["pub"] + arguments)
            #expect(result.status == 64, "\(arguments)")
            #expect(result.errors.contains(words), "\(result.errors)")
        }
    }
}
