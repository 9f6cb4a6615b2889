package import Wire
import ZeroMQ

/// A recorded message, to be sent unchanged at its time.
package struct TimedMessage: Sendable {
    package let header: RequestHeader
    package let text: [UInt8]
    /// Since the first message; nil for at once.
    package let due: Duration?

    package init(_ header: RequestHeader, text: [UInt8], due: Duration?) {
        self.header = header
        self.text = text
        self.due = due
    }

    /// It completes a message, or is an operation.
    var isComplete: Bool { header.operation != .text || header.more != true }
}

/// Sends recorded messages, each at its time, until they end or the user interrupts.
package struct TimedPublishSession: ~Copyable {
    private let options: PublisherOptions
    private var link: PublisherLink
    private var summary = PublishSummary()
    private let report: (PublishReport) -> Void

    private init(
        _ options: PublisherOptions, in context: Context, _ interruption: Interruption,
        _ report: @escaping (PublishReport) -> Void
    ) throws(ZeroMQError) {
        self.options = options
        link = try PublisherLink(options, in: context, interruption: interruption)
        self.report = report
    }

    /// Returns once all messages are delivered, or `linger` is over.
    ///
    /// - Parameter next: the next message; nil after the last.
    /// - Throws: `ClientError`, `ZeroMQError`, and what `next` throws.
    package static func publish(
        _ options: PublisherOptions, interruption: Interruption,
        report: @escaping (PublishReport) -> Void, next: () throws -> TimedMessage?
    ) throws -> PublishSummary {
        var session = try Self(options, in: Context(), interruption, report)
        try session.awaitReceiver()
        let start = ContinuousClock.now
        while !session.link.isInterrupted, let message = try next() {
            try session.send(message, start: start)
        }
        session.summary.wasInterrupted = session.link.isInterrupted
        try session.awaitConnection()
        return session.summary
    }

    private mutating func awaitReceiver() throws {
        let deadline = options.patience.map { ContinuousClock.now + $0 }
        while !link.isReady, !link.isInterrupted {
            let left = deadline.map { ContinuousClock.now.duration(to: $0) }
            if let left, left <= .zero {
                throw ClientError.unavailable(
                    options.endpoint,
                    link.isConnected
                        ? "no subscriber; is `sluice serve` running?"
                        : options.endpoint.silence(orElse: "; is `sluice serve` running?"))
            }
            try wait(timeout: left)
        }
    }

    private mutating func send(_ message: TimedMessage, start: ContinuousClock.Instant) throws {
        try wait(timeout: .zero)
        if let due = message.due {
            while !link.isInterrupted, start + due > .now {
                try wait(timeout: ContinuousClock.now.duration(to: start + due))
            }
        }
        guard !link.isInterrupted, try link.send(frames(of: message)) else { return }
        if message.isComplete { summary.messageCount += 1 }
        summary.byteCount += message.text.count
        report(.progress(sentByteCount: summary.byteCount))
    }

    private func frames(of message: TimedMessage) -> [[UInt8]] {
        [options.stream.utf8, message.text, message.header.json]
    }

    /// Queued messages are delivered only if the connection exists, or is restored in time.
    private mutating func awaitConnection() throws {
        guard summary.messageCount > 0 || summary.byteCount > 0 else { return }
        try wait(timeout: .zero)
        let deadline = ContinuousClock.now + options.linger
        while !link.isConnected, ContinuousClock.now < deadline, !link.isInterrupted {
            try wait(timeout: ContinuousClock.now.duration(to: deadline))
        }
        guard link.isConnected else {
            throw ClientError.unavailable(
                options.endpoint, "the connection was lost; the last messages may be lost")
        }
    }

    private mutating func wait(timeout: Duration?) throws {
        try link.wait(timeout: timeout)
        for notice in link.notices { report(.notice(notice)) }
        link.notices.removeAll()
    }
}
