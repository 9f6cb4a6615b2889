/// Publishes an input from its start to its end, or until interrupted.
package struct PublishSession {
    private let options: PublisherOptions
    private var input: any TextInput
    private let delivery: any Delivery
    private var splitter: MessageSplitter
    private var pacer: Pacer
    private let report: (PublishReport) -> Void

    /// Returns once all messages are delivered, or the time for it is over.
    ///
    /// - Throws: `ClientError`, `ZeroMQError`.
    package static func publish(
        _ input: any TextInput, _ options: PublisherOptions, interruption: Interruption,
        report: @escaping (PublishReport) -> Void
    ) throws -> PublishSummary {
        var session = Self(
            options: options, input: input,
            delivery: try makeDelivery(options, interruption, report),
            splitter: MessageSplitter(options.mode, longestPiece: options.longestPiece),
            pacer: Pacer(rate: options.rate), report: report)
        try session.delivery.awaitReceiver()
        try session.publishInput()
        try session.endText()
        try session.delivery.finish()
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
            for piece in pieces where try isInTime() { try delivery.send(piece) }
        }
    }

    /// Waits until the next message may be sent; false if delivery has ended.
    private mutating func isInTime() throws -> Bool {
        guard try delivery.awaitTurn(at: pacer.due) else { return false }
        pacer.advance(at: .now)
        return true
    }

    /// Ends the open message, and the stream if asked to.
    private mutating func endText() throws {
        delivery.noteAllSent()
        guard delivery.mayEndText else { return }
        var pieces: [MessageSplitter.Piece] = []
        splitter.finish(&pieces)
        for piece in pieces { try delivery.send(piece) }
        if options.endsStream { try delivery.sendEnd() }
    }
}
