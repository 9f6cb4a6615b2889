import Client
import Foundation
import Names
import Synchronization
import Testing
import Wire
import ZeroMQ

/// Recorded messages to a ROUTER that answers as the script says.
@Suite struct TimedPublishSessionTests {
    private let endpoint: Endpoint
    private let stream: StreamID

    init() throws {
        endpoint = try Endpoint("ipc:///tmp/sluice-test-\(UUID().uuidString)")
        stream = try StreamID("again")
    }

    private func publish(
        _ messages: [TimedMessage], _ change: (inout PublisherOptions) -> Void = { _ in }
    ) -> Running<PublishSummary> {
        var options = PublisherOptions(endpoint: endpoint, way: .acknowledged, stream: stream)
        options.producer = "me"
        options.resendAfter = .seconds(60)
        change(&options)
        return Running { [options] interruption, report in
            var rest = messages[...]
            return try TimedPublishSession.publish(
                options, interruption: interruption, report: report
            ) { rest.popFirst() }
        }
    }

    private func message(
        _ operation: Request.Operation = .text, _ text: String = "", more: Bool? = nil,
        due: Duration? = nil
    ) -> TimedMessage {
        var header = RequestHeader()
        (header.operation, header.more, header.time) = (operation, more, 1.5)
        // Who numbered them when they were recorded is another.
        (header.sequence, header.producer) = (77, "then")
        return TimedMessage(header, text: Array(text.utf8), due: due)
    }

    @Test func whatWasRecordedIsNumberedAnew() throws {
        let router = try Router(endpoint)
        let publishing = publish(
            [
                message(.text, "one", more: true), message(.text, " word", more: false),
                message(.flush), message(.reset), message(.text, "two"), message(.end),
            ]
        ) { $0.start = 4 }
        let operations: [Request.Operation] = [.text, .text, .flush, .reset, .text, .end]
        for (index, operation) in operations.enumerated() {
            let message = try router.receive()
            #expect(message.stream == "again" && message.header.operation == operation)
            #expect(message.header.sequence == UInt64(4 + index))
            #expect(message.header.producer == "me" && message.header.time == 1.5)
            #expect(message.text == ["one", " word", "", "", "two", ""][index])
            #expect(message.header.more == [true, false, nil, nil, nil, nil][index])
            #expect(!publishing.hasEnded)
            try router.answer(message, .accepted)
        }
        let summary = try publishing.result()
        #expect(summary.sentCount == 6 && summary.acknowledgedCount == 6)
        #expect(summary.messageCount == 2 && summary.byteCount == 11)
        #expect(summary.nextNumber == 10)
    }

    @Test func whatIsLostWithAConnectionIsSentAgain() throws {
        let router = try Router(endpoint)
        let publishing = publish((0..<4).map { message(.text, "\($0)") })
        let first = try (0..<4).map { _ in try router.receive() }
        try router.answer(first[0], .accepted)
        publishing.awaitReport { $0 == .acknowledged(1, of: 4) }
        try router.restart()
        let again = try (0..<3).map { _ in try router.receive() }
        #expect(again.map(\.text) == ["1", "2", "3"])
        #expect(again.map(\.header.sequence) == [1, 2, 3])
        for message in again { try router.answer(message, .accepted) }
        #expect(try publishing.result().unacknowledgedCount == 0)
    }

    /// One is never sent before its time; answers and interruptions are heard while it waits.
    @Test func eachIsSentAtItsTime() throws {
        let router = try Router(endpoint)
        let publishing = publish([
            message(.text, "now", due: .zero), message(.text, "soon", due: .milliseconds(80)),
            message(.text, "in an hour", due: .seconds(3600)),
        ])
        let first = try router.receive()
        let start = ContinuousClock.now
        try router.answer(first, .accepted)
        let second = try router.receive()
        #expect(second.text == "soon")
        #expect(start.duration(to: .now) >= .milliseconds(40))
        try router.answer(second, .accepted)
        publishing.awaitReport { $0 == .acknowledged(2, of: 2) }
        publishing.interruption.request()
        let summary = try publishing.result()
        #expect(summary.wasInterrupted && summary.sentCount == 2)
        #expect(summary.unacknowledgedCount == 0)
    }

    @Test func aRefusalEndsIt() throws {
        let router = try Router(endpoint)
        let publishing = publish((0..<20).map { message(.text, "\($0)") }) { $0.window = 1 }
        try router.answer(router.receive(), .refused(Refusal(.textTooLarge, "too large")))
        let summary = try publishing.result()
        #expect(summary.refusedCount == 1 && summary.sentCount == 1)
    }
}
