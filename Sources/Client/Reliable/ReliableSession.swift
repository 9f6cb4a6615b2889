import Wire
import ZeroMQ

/// Publishes an input as numbered messages, each sent until it is acknowledged or refused.
package struct ReliableSession<Input: TextInput>: ~Copyable {
    private let options: ReliableOptions
    private var input: Input
    private var delivery: ReliableDelivery
    private var splitter: MessageSplitter
    private var pacer: Pacer
    private let report: (PublishReport) -> Void

    private init(
        _ input: Input, _ options: ReliableOptions, in context: Context,
        _ interruption: Interruption, _ report: @escaping (PublishReport) -> Void
    ) throws(ZeroMQError) {
        self.options = options
        self.input = input
        delivery = try ReliableDelivery(options, in: context, interruption, report)
        splitter = MessageSplitter(options.mode, longestPiece: options.longestPiece)
        pacer = Pacer(rate: options.rate)
        self.report = report
    }

    /// Returns once each message is acknowledged or refused, or the time is over.
    ///
    /// - Throws: `ClientError`, `ZeroMQError`.
    package static func publish(
        _ input: Input, _ options: ReliableOptions, interruption: Interruption,
        report: @escaping (PublishReport) -> Void
    ) throws -> ReliableSummary {
        var session = try Self(input, options, in: Context(), interruption, report)
        try session.delivery.awaitConnection()
        try session.publishInput()
        session.endText()
        try session.delivery.awaitAnswers()
        try session.delivery.leave()
        return session.delivery.summary
    }

    private mutating func publishInput() throws {
        while delivery.isGoingOn {
            var pieces: [MessageSplitter.Piece] = []
            switch try input.read() {
            case .bytes(let bytes): splitter.append(bytes, to: &pieces)
            case .endOfText: splitter.finish(&pieces)
            case .pending:
                while delivery.isGoingOn, try !delivery.wait(for: input.descriptor) {}
            case .notice(let text): report(.notice(text))
            case .end: return
            }
            for piece in pieces where try isInTime() {
                try delivery.send(header(of: piece), text: piece.text)
            }
        }
    }

    /// A message that an interruption left open stays open, unless an interruption ends the text.
    private mutating func endText() {
        delivery.noteAllSent()
        let isEnd =
            delivery.isInterrupted && options.interruptionEndsText
            && delivery.summary.sentCount > 0
        guard delivery.isGoingOn || isEnd else { return }
        var pieces: [MessageSplitter.Piece] = []
        splitter.finish(&pieces)
        for piece in pieces { delivery.append(header(of: piece), text: piece.text) }
        guard options.endsStream else { return }
        var header = RequestHeader()
        header.operation = .end
        delivery.append(header, text: [])
    }

    /// Waits until the next message is due and there is room; false if delivery has ended.
    private mutating func isInTime() throws -> Bool {
        let due = pacer.delay(at: .now).map { ContinuousClock.now + $0 }
        guard try delivery.awaitTurn(at: due) else { return false }
        pacer.advance(at: .now)
        return true
    }

    private func header(of piece: MessageSplitter.Piece) -> RequestHeader {
        var header = RequestHeader()
        header.more = piece.more
        return header
    }
}
