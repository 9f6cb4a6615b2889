import Client
import Foundation
import Names
import TestSupport
import Testing
import Wire
import ZeroMQ

/// Against a ROUTER that answers as the script says. The session runs on a thread of its own.
@Suite struct ReliableSessionTests {
    private let endpoint: Endpoint
    private let stream: StreamID

    init() throws {
        endpoint = try Endpoint("ipc:///tmp/sluice-test-\(UUID().uuidString)")
        stream = try StreamID("news")
    }

    private func options(
        _ change: (inout PublisherOptions) -> Void = { _ in }
    ) -> PublisherOptions {
        var options = PublisherOptions(endpoint: endpoint, way: .acknowledged, stream: stream)
        options.producer = "me"
        options.mode = .line
        options.resendAfter = .seconds(60)
        change(&options)
        return options
    }

    private func lines(_ count: Int) -> [String] { (0..<count).map { "line \($0)" } }

    private func publish(
        _ chunks: [InputChunk], gate: Int32? = nil, _ options: PublisherOptions
    ) -> Running<PublishSummary> {
        Running { interruption, report in
            try PublishSession.publish(
                Chunks(chunks, gate: gate), options, interruption: interruption, report: report)
        }
    }

    private func publish(_ lines: [String], _ options: PublisherOptions) -> Running<PublishSummary>
    {
        publish([.bytes(Array(lines.joined(separator: "\n").utf8)), .endOfText], options)
    }

    // MARK: All well

    /// A name that no other run has need not be remembered: said with a number that is known.
    @Test func saysThatItsOwnProducerIsDone() throws {
        let router = try Router(endpoint)
        let publishing = publish(lines(2), options { $0.isProducerUsedOnce = true })
        for _ in 0..<2 {
            let message = try router.receive()
            #expect(!message.header.isLast)
            try router.answer(message, .accepted)
        }
        let last = try router.receive()
        #expect(last.header.isLast && last.header.sequence == 1 && last.header.producer == "me")
        #expect(last.text.isEmpty && last.header.operation == .flush)
        try router.answer(last, .duplicate)
        let summary = try publishing.result()
        #expect(summary.acknowledgedCount == 2 && summary.refusedCount == 0)
    }

    @Test func numbersItsMessagesAndEndsWhenAllAreAcknowledged() throws {
        let router = try Router(endpoint)
        let publishing = publish(
            lines(3),
            options {
                $0.start = 7
                $0.endsStream = true
            })
        for (index, line) in lines(3).enumerated() {
            let message = try router.receive()
            #expect(message.stream == "news" && message.text == line)
            #expect(message.header.sequence == UInt64(7 + index))
            #expect(message.header.producer == "me" && message.header.more == false)
            try router.answer(message, .accepted)
        }
        let end = try router.receive()
        #expect(end.header.operation == .end && end.header.sequence == 10)
        #expect(!publishing.hasEnded)
        try router.answer(end, .accepted)
        let summary = try publishing.result()
        #expect(summary.sentCount == 4 && summary.acknowledgedCount == 4)
        #expect(summary.messageCount == 3 && summary.unacknowledgedCount == 0)
        #expect(summary.duplicateCount == 0 && summary.nextNumber == 11)
        #expect(publishing.reports.last == .acknowledged(4, of: 4))
    }

    /// A text in pieces is cut the same way each time.
    @Test func piecesAreNumberedToo() throws {
        let router = try Router(endpoint)
        let publishing = publish(
            [.bytes(Array("abcdef".utf8)), .endOfText],
            options {
                $0.mode = .wholeText
                $0.longestPiece = 4
            })
        var texts: [String] = []
        for more in [true, true, false] {
            let message = try router.receive()
            texts.append(message.text)
            #expect(message.header.more == more)
            try router.answer(message, .accepted)
        }
        #expect(texts == ["abcd", "ef", ""])
        #expect(try publishing.result().messageCount == 1)
    }

    /// A refusal for a time ends nothing, and no number is skipped.
    @Test func waitsAndSendsAgainWhatIsOverARate() throws {
        let router = try Router(endpoint)
        let publishing = publish(lines(4), options { $0.window = 4 })
        var slow = Refusal(.rateLimited, "too fast")
        slow.retryAfter = 1
        try router.answer(router.receive(), .accepted)
        for _ in 1..<4 { try router.answer(router.receive(), .refused(slow)) }
        for number in 1..<4 {
            let message = try router.receive()
            #expect(message.header.sequence == UInt64(number))
            try router.answer(message, .accepted)
        }
        let summary = try publishing.result()
        #expect(summary.acknowledgedCount == 4 && summary.refusedCount == 0)
        let notices = publishing.reports.filter {
            if case .notice(let text) = $0 { text.contains("too fast") } else { false }
        }
        #expect(notices.count == 1)
    }

    @Test func sendsNoMoreThanTheWindow() throws {
        let router = try Router(endpoint)
        let publishing = publish(lines(20), options { $0.window = 3 })
        var waiting: [Router.Message] = []
        for _ in 0..<3 { waiting.append(try router.receive()) }
        for number in 3..<20 {
            #expect(try !router.hasMessage(.milliseconds(number == 3 ? 100 : 1)))
            try router.answer(waiting.removeFirst(), .accepted)
            waiting.append(try router.receive())
            #expect(waiting.last?.header.sequence == UInt64(number))
        }
        for message in waiting { try router.answer(message, .accepted) }
        #expect(try publishing.result().acknowledgedCount == 20)
    }

    // MARK: Losses

    @Test func sendsAgainInOrderAfterATimeOut() throws {
        let router = try Router(endpoint)
        let publishing = publish(lines(4), options { $0.resendAfter = .milliseconds(100) })
        let first = try (0..<4).map { _ in try router.receive() }
        // The answer to the second alone arrives.
        try router.answer(first[1], .accepted)
        let again = try (0..<3).map { _ in try router.receive() }
        #expect(again.map(\.header.sequence) == [0, 2, 3])
        #expect(again.map(\.text) == ["line 0", "line 2", "line 3"])
        for message in again { try router.answer(message, .duplicate) }
        let summary = try publishing.result()
        #expect(summary.acknowledgedCount == 4)
        #expect(summary.duplicateCount == 0, "these were sent before")
        #expect(
            publishing.notices.contains { $0.contains("no acknowledgement for") })
    }

    @Test func sendsAgainInOrderAfterAReconnect() throws {
        let router = try Router(endpoint)
        let publishing = publish(lines(4), options())
        let first = try (0..<4).map { _ in try router.receive() }
        try router.answer(first[0], .accepted)
        publishing.awaitReport { $0 == .acknowledged(1, of: 4) }
        try router.restart()
        let again = try (0..<3).map { _ in try router.receive() }
        #expect(again.map(\.header.sequence) == [1, 2, 3])
        for message in again { try router.answer(message, .accepted) }
        #expect(try publishing.result().acknowledgedCount == 4)
        #expect(publishing.reports.contains(.notice("connected again to \(endpoint)")))
    }

    @Test func aSecondAnswerCountsForNothing() throws {
        let router = try Router(endpoint)
        let publishing = publish(lines(2), options())
        let messages = [try router.receive(), try router.receive()]
        for _ in 0..<3 { try router.answer(messages[0], .accepted) }
        try router.answer(messages[0], .duplicate, stream: "other")
        try router.answer(messages[0], .accepted, number: 99)
        publishing.awaitReport { $0 == .acknowledged(1, of: 2) }
        #expect(!publishing.hasEnded)
        try router.answer(messages[1], .accepted)
        #expect(try publishing.result().acknowledgedCount == 2)
    }

    @Test func saysWhatTheDaemonHadFromAnEarlierRun() throws {
        let router = try Router(endpoint)
        let publishing = publish(lines(3), options())
        for result in [.duplicate, .duplicate, .accepted] as [Acknowledgement.Result] {
            try router.answer(router.receive(), result)
        }
        let summary = try publishing.result()
        #expect(summary.duplicateCount == 2 && summary.acknowledgedCount == 3)
    }

    /// Whatever is lost on the way, in either direction, each line is read once, in order.
    @Test(arguments: UInt64(0)..<6) func nothingIsLostOrReadTwice(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let router = try Router(endpoint)
        let publishing = publish(
            lines(400),
            options {
                $0.resendAfter = .milliseconds(30)
                $0.window = Int.random(in: 1...50, using: &random)
                $0.endsStream = true
            })
        var read: [String] = []
        var position: UInt64?
        var restarts = 5
        while !publishing.hasEnded {
            // What arrived is lost with the connection, at any place.
            if restarts > 0, Int.random(in: 0..<150, using: &random) == 0 {
                restarts -= 1
                try router.restart()
            }
            guard let message = try router.receive(within: .milliseconds(20)) else { continue }
            let number = try #require(message.header.sequence)
            let isNew = position.map { $0 < number } ?? true
            if isNew {
                read.append(message.text)
                position = number
            }
            guard Int.random(in: 0..<20, using: &random) > 0 else { continue }
            try router.answer(message, isNew ? .accepted : .duplicate)
        }
        let summary = try publishing.result()
        #expect(read == lines(400) + [""])
        #expect(summary.acknowledgedCount == 401 && summary.unacknowledgedCount == 0)
    }

    // MARK: Refusals

    @Test func aRefusalIsToldAndEndsIt() throws {
        let router = try Router(endpoint)
        let publishing = publish(lines(50), options { $0.window = 2 })
        let messages = [try router.receive(), try router.receive()]
        try router.answer(messages[0], .refused(Refusal(.textTooLarge, "too large; expected less")))
        try router.answer(messages[1], .accepted)
        let summary = try publishing.result()
        #expect(summary.refusedCount == 1 && summary.acknowledgedCount == 1)
        #expect(summary.sentCount < 5 && summary.unacknowledgedCount == 0)
        #expect(
            publishing.notices.contains {
                $0.contains("'news'") && $0.contains("number 0") && $0.contains("text_too_large")
                    && $0.contains("too large; expected less")
            })
    }

    @Test func itMayGoOnAfterARefusal() throws {
        let router = try Router(endpoint)
        let publishing = publish(lines(20), options { $0.keepsGoing = true })
        for number in 0..<20 {
            let message = try router.receive()
            try router.answer(
                message, number.isMultiple(of: 2) ? .refused(Refusal(.header, "no")) : .accepted)
        }
        let summary = try publishing.result()
        #expect(summary.refusedCount == 10 && summary.acknowledgedCount == 10)
    }

    @Test func whoeverAnswersSomethingElseIsNotTrusted() throws {
        let router = try Router(endpoint)
        let publishing = publish(lines(1), options())
        let message = try router.receive()
        try router.send([message.identity, Array("news".utf8), Array("thanks".utf8)])
        let error = try #require(throws: ClientError.self) { try publishing.result() }
        #expect("\(error)".contains("\(endpoint): the answer is not an acknowledgement"))
    }

    // MARK: The end of patience

    @Test func givesUpWhenNobodyComes() throws {
        let publishing = publish(lines(1), options { $0.patience = .milliseconds(50) })
        let error = try #require(throws: ClientError.self) { try publishing.result() }
        #expect("\(error)".contains("\(endpoint): no answer"))
    }

    @Test func waitsForTheLastAnswersNoLongerThanToldTo() throws {
        let router = try Router(endpoint)
        let publishing = publish(lines(3), options { $0.linger = .milliseconds(100) })
        try router.answer(router.receive(), .accepted)
        let summary = try publishing.result()
        #expect(summary.unacknowledgedCount == 2 && !summary.wasInterrupted)
    }

    /// It sends nothing more, so that the same text can be sent again under the same numbers.
    @Test func anInterruptionWaitsShortlyForTheAnswers() throws {
        let router = try Router(endpoint)
        let publishing = publish(
            [.bytes(Array("abcd".utf8)), .pending],
            options {
                $0.mode = .wholeText
                $0.longestPiece = 2
                $0.grace = .milliseconds(100)
                $0.endsStream = true
            })
        let messages = [try router.receive(), try router.receive()]
        publishing.interruption.request()
        try router.answer(messages[0], .accepted)
        let summary = try publishing.result()
        #expect(summary.wasInterrupted && summary.sentCount == 2)
        #expect(summary.unacknowledgedCount == 1)
        #expect(try !router.hasMessage(.milliseconds(1)))
    }

    @Test func anInterruptionMayBeTheEndOfTheText() throws {
        let router = try Router(endpoint)
        let publishing = publish(
            [.bytes(Array("ab".utf8)), .pending],
            options {
                $0.mode = .wholeText
                $0.endsStream = true
                $0.interruptionEndsText = true
            })
        try router.answer(router.receive(), .accepted)
        publishing.interruption.request()
        let close = try router.receive()
        #expect(close.text == "" && close.header.more == false)
        try router.answer(close, .accepted)
        let end = try router.receive()
        #expect(end.header.operation == .end)
        try router.answer(end, .accepted)
        #expect(try publishing.result().unacknowledgedCount == 0)
    }
}
