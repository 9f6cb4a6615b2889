import Wire
import ZeroMQ

/// Delivery of numbered messages, each sent until it is acknowledged or refused.
///
/// After a reconnect or a time-out, unacknowledged messages are sent again, in order and under the
/// same numbers. The daemon answers duplicates without reading them again.
final class ReliableDelivery: Delivery {
    private(set) var summary = PublishSummary()
    private let options: PublisherOptions
    private var link: ReliableLink
    private var window: ReliableWindow
    /// The time of the last answer, or of the first message that was sent since.
    private var progress = ContinuousClock.now
    private var resendAfter: Duration
    /// When to send again what was refused for a time.
    private var due = ContinuousClock.now
    private var hasReportedRate = false
    private let report: (PublishReport) -> Void

    init(
        _ options: PublisherOptions, in context: Context, _ interruption: Interruption,
        _ report: @escaping (PublishReport) -> Void
    ) throws(ZeroMQError) {
        self.options = options
        link = try ReliableLink(
            options.endpoint, options.curve, in: context, interruption: interruption)
        window = ReliableWindow(limit: options.window, byteLimit: options.windowBytes)
        resendAfter = options.resendAfter
        summary.nextNumber = options.start
        self.report = report
    }

    /// False after an interruption or a refusal that ends the delivery.
    var isGoingOn: Bool {
        !link.isInterrupted && (options.keepsGoing || summary.refusedCount == 0)
    }

    /// A message that an interruption left open stays open, unless an interruption ends the text.
    var mayEndText: Bool {
        isGoingOn
            || link.isInterrupted && options.interruptionEndsText && summary.sentCount > 0
    }

    func noteAllSent() { summary.wasInterrupted = link.isInterrupted }

    // MARK: Stages

    func awaitReceiver() throws {
        let start = ContinuousClock.now
        while !link.isConnected, !link.isInterrupted {
            let left = options.patience.map { $0 - start.duration(to: .now) }
            if let left, left <= .zero {
                throw ClientError.unavailable(
                    options.endpoint,
                    options.endpoint.silence(orElse: "; is `sluice serve` running?"))
            }
            try wait(timeout: left)
        }
    }

    func awaitTurn(at due: ContinuousClock.Instant?) throws -> Bool {
        while isGoingOn {
            let delay = due.flatMap { $0 > .now ? ContinuousClock.now.duration(to: $0) : nil }
            if delay == nil, !window.isFull { return true }
            try wait(timeout: delay)
        }
        return false
    }

    func finish() throws {
        try awaitAnswers()
        try leave()
    }

    private func awaitAnswers() throws {
        var deadline = options.linger.map { ContinuousClock.now + $0 }
        var isHurried = false
        while !window.isEmpty {
            if link.isInterrupted, !isHurried {
                isHurried = true
                summary.wasInterrupted = true
                let end = ContinuousClock.now + options.grace
                deadline = deadline.map { min($0, end) } ?? end
            }
            let left = deadline.map { ContinuousClock.now.duration(to: $0) }
            if let left, left <= .zero { return }
            try wait(timeout: left)
        }
    }

    /// Tells the daemon that the producer sends no more, under a number that the daemon already has,
    /// so that it has no other effect. Without an answer in a moment the daemon keeps the producer's
    /// name as long as any other.
    private func leave() throws {
        guard options.isProducerUsedOnce, window.isEmpty, summary.acknowledgedCount > 0,
            summary.refusedCount == 0, !link.isInterrupted, link.isConnected
        else { return }
        var header = RequestHeader()
        (header.operation, header.isLast) = (.flush, true)
        header.sequence = summary.nextNumber - 1
        header.producer = options.producer
        guard try link.send([options.stream.utf8, [], header.json]) else { return }
        let deadline = ContinuousClock.now + Self.leaveTaking
        while link.isConnected, !link.isInterrupted {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return }
            _ = try link.wait(for: nil, forRoom: false, timeout: left)
            if try link.receive() != nil { return }
        }
    }

    /// How long to wait for the answer to the last message.
    private static let leaveTaking = Duration.seconds(1)

    // MARK: Sending

    func send(_ piece: MessageSplitter.Piece) throws {
        var header = RequestHeader()
        header.more = piece.more
        try send(header, text: piece.text)
    }

    func sendEnd() throws {
        var header = RequestHeader()
        header.operation = .end
        try send(header, text: [])
    }

    func send(_ header: RequestHeader, text: [UInt8]) throws {
        append(header, text: text)
        try push()
        // Takes the answers that have arrived, so that they do not wait for a full window.
        try wait(timeout: .zero)
    }

    /// Gives a message the next number. It is sent in the next wait.
    private func append(_ header: RequestHeader, text: [UInt8]) {
        var header = header
        header.sequence = summary.nextNumber
        header.producer = options.producer
        if window.isEmpty { progress = .now }
        window.append(
            summary.nextNumber, frames: [options.stream.utf8, text, header.json],
            textByteCount: text.count)
        summary.nextNumber += 1
        summary.sentCount += 1
        guard header.operation == .text else { return }
        if header.more != true { summary.messageCount += 1 }
        summary.byteCount += text.count
        report(.progress(sentByteCount: summary.byteCount))
    }

    /// Sends waiting messages while the connection has room.
    private func push() throws {
        while let message = window.next, try link.send(message.frames) { window.noteSent() }
    }

    // MARK: Waiting

    func wait(for input: Descriptor?) throws -> Bool { try wait(for: input, timeout: nil) }

    /// Handles messages, answers and reconnects until something happens.
    ///
    /// - Returns: whether `input` is readable.
    @discardableResult
    private func wait(for input: Descriptor? = nil, timeout: Duration?) throws -> Bool {
        try push()
        let isReadable = try link.wait(
            for: input, forRoom: window.next != nil,
            timeout: [timeout, untilResending, untilDue].compactMap(\.self).min())
        for notice in link.notices { report(.notice(notice)) }
        link.notices.removeAll()
        try takeAnswers()
        if link.takeIsNew() {
            window.sendAgain()
            progress = .now
        }
        sendAgainIfOverdue()
        if untilDue == .zero { window.sendAgain() }
        try push()
        return isReadable
    }

    /// Of messages that were refused for a time. Nil while other answers are to come.
    private var untilDue: Duration? {
        guard window.isRefused, window.isAnswered else { return nil }
        return max(.zero, ContinuousClock.now.duration(to: due))
    }

    /// Only with a connection that has been given all messages: otherwise nothing is to be sent
    /// again.
    private var untilResending: Duration? {
        guard link.isConnected, !window.isEmpty, window.next == nil, untilDue == nil else {
            return nil
        }
        return max(.zero, resendAfter - progress.duration(to: .now))
    }

    private func sendAgainIfOverdue() {
        guard untilResending == .zero else { return }
        report(
            .notice(
                "\(options.endpoint): no acknowledgement for \(resendAfter); sending "
                    + "\(window.count) messages again"))
        window.sendAgain()
        progress = .now
        // Repetition would only load a busy daemon.
        resendAfter = min(resendAfter * 2, options.resendAfter * 8)
    }

    // MARK: Answers

    private func takeAnswers() throws {
        while let answer = try link.receive() { try take(answer) }
    }

    private func take(_ answer: ReceivedAcknowledgement) throws {
        guard let number = answer.sequence else {
            throw ClientError.unavailable(
                options.endpoint, "the answer names no message: \(answer)")
        }
        // The first answer counts. A message that was sent again gets several.
        guard answer.stream == nil || answer.stream == options.stream else { return }
        if case .refused(let refusal) = answer.result, let wait = refusal.retryAfter {
            return takeRefusal(refusal, of: number, for: .milliseconds(wait))
        }
        guard let message = window.acknowledge(number) else { return }
        progress = .now
        resendAfter = options.resendAfter
        link.noteProgress()
        switch answer.result {
        case .accepted: summary.acknowledgedCount += 1
        case .duplicate:
            summary.acknowledgedCount += 1
            if message.sendCount == 1 { summary.duplicateCount += 1 }
        case .refused(let refusal):
            summary.refusedCount += 1
            report(
                .notice(
                    "refused: stream '\(options.stream)', number \(number), "
                        + "\(refusal.code.rawValue): \(refusal.message)"))
        }
        report(.acknowledged(summary.acknowledgedCount, of: summary.sentCount))
    }

    /// The daemon limits the rate. The message stays in the window.
    private func takeRefusal(_ refusal: Refusal, of number: UInt64, for wait: Duration) {
        guard window.refuse(number) else { return }
        progress = .now
        due = max(due, .now + min(wait, Self.longestWait))
        link.noteProgress()
        guard !hasReportedRate else { return }
        hasReportedRate = true
        report(
            .notice(
                "\(options.endpoint): slowed down, since a limit of the daemon is reached: "
                    + "\(refusal.message)"))
    }

    /// A later answer may say otherwise.
    private static let longestWait = Duration.seconds(60)
}
