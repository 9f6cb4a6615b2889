import Wire
import ZeroMQ

/// Publishes an input by numbered messages, each sent until it is acknowledged or refused.
///
/// Whatever is unacknowledged is sent again, in order and under the same numbers, after a
/// reconnect or a time-out; the daemon answers what it has already without reading it again.
package struct ReliableSession<Input: TextInput>: ~Copyable {
    private let options: ReliableOptions
    private var input: Input
    private var link: ReliableLink
    private var window: ReliableWindow
    private var splitter: MessageSplitter
    private var pacer: Pacer
    private var summary = ReliableSummary()
    /// When an answer last came, or messages went out with none before them.
    private var progress = ContinuousClock.now
    private var resendAfter: Duration
    private let report: (PublishReport) -> Void

    private init(
        _ input: Input, _ options: ReliableOptions, in context: Context,
        _ interruption: Interruption, _ report: @escaping (PublishReport) -> Void
    ) throws(ZeroMQError) {
        self.options = options
        self.input = input
        link = try ReliableLink(options.endpoint, in: context, interruption: interruption)
        window = ReliableWindow(limit: options.window, byteLimit: options.windowBytes)
        splitter = MessageSplitter(options.mode, longestPiece: options.longestPiece)
        pacer = Pacer(rate: options.rate)
        resendAfter = options.resendAfter
        summary.nextNumber = options.start
        self.report = report
    }

    /// Returns once each message is acknowledged or refused, or the time for it is over.
    ///
    /// - Throws: `ClientError`, `ZeroMQError`.
    package static func publish(
        _ input: Input, _ options: ReliableOptions, interruption: Interruption,
        report: @escaping (PublishReport) -> Void
    ) throws -> ReliableSummary {
        var session = try Self(input, options, in: Context(), interruption, report)
        try session.awaitConnection()
        try session.publishInput()
        try session.endText()
        try session.awaitAnswers()
        return session.summary
    }

    /// No interruption, and no refusal that ends it.
    private var isGoingOn: Bool {
        !link.isInterrupted && (options.keepsGoing || summary.refusedCount == 0)
    }

    // MARK: Stages

    private mutating func awaitConnection() throws {
        let start = ContinuousClock.now
        while !link.isConnected, !link.isInterrupted {
            let left = options.patience.map { $0 - start.duration(to: .now) }
            if let left, left <= .zero {
                throw ClientError.unavailable(
                    options.endpoint, "nobody answers there; is `sluice serve` running?")
            }
            try wait(timeout: left)
        }
    }

    private mutating func publishInput() throws {
        while isGoingOn {
            var pieces: [MessageSplitter.Piece] = []
            switch try input.read() {
            case .bytes(let bytes): splitter.append(bytes, to: &pieces)
            case .endOfText: splitter.finish(&pieces)
            case .pending: while isGoingOn, try !wait(for: input.descriptor) {}
            case .notice(let text): report(.notice(text))
            case .end: return
            }
            for piece in pieces where try isInTime() { try send(piece) }
        }
    }

    /// What an interruption left open stays open, unless that is how the text ends.
    private mutating func endText() throws {
        summary.wasInterrupted = link.isInterrupted
        let isEnd = link.isInterrupted && options.interruptionEndsText && summary.sentCount > 0
        guard isGoingOn || isEnd else { return }
        var pieces: [MessageSplitter.Piece] = []
        splitter.finish(&pieces)
        for piece in pieces { append(piece) }
        guard options.endsStream else { return }
        var header = RequestHeader()
        header.operation = .end
        append(header, text: [])
    }

    private mutating func awaitAnswers() throws {
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

    // MARK: Sending

    /// Waits for the next message's time and room; false if it is not to be sent any more.
    private mutating func isInTime() throws -> Bool {
        while isGoingOn {
            let delay = pacer.delay(at: .now)
            if delay == nil, !window.isFull {
                pacer.advance(at: .now)
                return true
            }
            try wait(timeout: delay)
        }
        return false
    }

    private mutating func send(_ piece: MessageSplitter.Piece) throws {
        append(piece)
        try push()
        // Takes the answers that are there, so that they do not wait for a full window.
        try wait(timeout: .zero)
    }

    private mutating func append(_ piece: MessageSplitter.Piece) {
        var header = RequestHeader()
        header.more = piece.more
        append(header, text: piece.text)
        if !piece.more { summary.messageCount += 1 }
        summary.byteCount += piece.text.count
        report(.progress(sentByteCount: summary.byteCount))
    }

    private mutating func append(_ header: RequestHeader, text: [UInt8]) {
        var header = header
        header.sequence = summary.nextNumber
        header.producer = options.producer
        if window.isEmpty { progress = .now }
        window.append(
            summary.nextNumber, frames: [options.stream.utf8, text, header.json],
            textByteCount: text.count)
        summary.nextNumber += 1
        summary.sentCount += 1
    }

    /// Gives the connection what it has not been given yet, while there is room.
    private mutating func push() throws {
        while let message = window.next, try link.send(message.frames) { window.noteSent() }
    }

    // MARK: Waiting

    /// Lets messages, answers and reconnects go on until something happens; says whether `input`
    /// can be read.
    @discardableResult
    private mutating func wait(
        for input: Descriptor? = nil, timeout: Duration? = nil
    ) throws -> Bool {
        try push()
        let isReadable = try link.wait(
            for: input, forRoom: window.next != nil,
            timeout: [timeout, untilResending].compactMap(\.self).min())
        for notice in link.notices { report(.notice(notice)) }
        link.notices.removeAll()
        try takeAnswers()
        if link.takeIsNew() {
            window.sendAgain()
            progress = .now
        }
        sendAgainIfOverdue()
        try push()
        return isReadable
    }

    /// Only where a connection stands and has been given everything: otherwise there is nothing to
    /// send again.
    private var untilResending: Duration? {
        guard link.isConnected, !window.isEmpty, window.next == nil else { return nil }
        return max(.zero, resendAfter - progress.duration(to: .now))
    }

    private mutating func sendAgainIfOverdue() {
        guard untilResending == .zero else { return }
        report(
            .notice(
                "\(options.endpoint): no acknowledgement for \(resendAfter); sending "
                    + "\(window.count) messages again"))
        window.sendAgain()
        progress = .now
        // A daemon that is busy is not helped by repetition.
        resendAfter = min(resendAfter * 2, options.resendAfter * 8)
    }

    // MARK: Answers

    private mutating func takeAnswers() throws {
        while let answer = try link.receive() { try take(answer) }
    }

    private mutating func take(_ answer: ReceivedAcknowledgement) throws {
        guard let number = answer.sequence else {
            throw ClientError.unavailable(
                options.endpoint, "the answer does not say which message it is about: \(answer)")
        }
        // The first answer counts; a message that was sent again has more.
        guard answer.stream == nil || answer.stream == options.stream,
            let message = window.acknowledge(number)
        else { return }
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
}
