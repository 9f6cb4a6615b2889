import Wire
import ZeroMQ

/// A report of a publishing session in progress.
package enum PublishReport: Equatable, Sendable {
    case notice(String)
    case progress(sentByteCount: Int)
    case acknowledged(Int, of: Int)
}

package struct PublishSummary: Equatable, Sendable {
    package var messageCount = 0
    package var byteCount = 0
    package var wasInterrupted = false
}

/// Publishes an input from its start to its end, or until interrupted.
package struct PublishSession<Input: TextInput>: ~Copyable {
    private let options: PublisherOptions
    private var input: Input
    private var link: PublisherLink
    private var splitter: MessageSplitter
    private var pacer: Pacer
    private var summary = PublishSummary()
    private let report: (PublishReport) -> Void

    private init(
        _ input: Input, _ options: PublisherOptions, in context: Context,
        _ interruption: Interruption, _ report: @escaping (PublishReport) -> Void
    ) throws(ZeroMQError) {
        self.options = options
        self.input = input
        link = try PublisherLink(options, in: context, interruption: interruption)
        splitter = MessageSplitter(options.mode, longestPiece: options.longestPiece)
        pacer = Pacer(rate: options.rate)
        self.report = report
    }

    /// Returns once all messages are delivered, or `linger` is over.
    ///
    /// - Throws: `ClientError`, `ZeroMQError`.
    package static func publish(
        _ input: Input, _ options: PublisherOptions, interruption: Interruption,
        report: @escaping (PublishReport) -> Void
    ) throws -> PublishSummary {
        var session = try Self(input, options, in: Context(), interruption, report)
        try session.awaitReceiver()
        try session.publishInput()
        try session.closeStream()
        try session.awaitConnection()
        return session.summary
    }

    private mutating func awaitReceiver() throws {
        let start = ContinuousClock.now
        var saidUnwanted = false
        while !link.isReady, !link.isInterrupted {
            let waited = start.duration(to: .now)
            if let patience = options.patience, waited >= patience {
                throw ClientError.unavailable(options.endpoint, unavailability)
            }
            if link.isConnected, !saidUnwanted, waited > .seconds(1) {
                saidUnwanted = true
                report(.notice("\(options.endpoint): \(unavailability); waiting"))
            }
            let untilSaid = saidUnwanted ? nil : Duration.seconds(1)
            try wait(
                timeout: [options.patience.map { $0 - waited }, untilSaid].compactMap(\.self).min())
        }
    }

    private var unavailability: String {
        link.isConnected
            ? "no subscriber for the stream '\(options.stream)'"
            : options.endpoint.silence(orElse: "; is `sluice serve` running?")
    }

    private mutating func publishInput() throws {
        while !link.isInterrupted {
            var pieces: [MessageSplitter.Piece] = []
            switch try input.read() {
            case .bytes(let bytes): splitter.append(bytes, to: &pieces)
            case .endOfText: splitter.finish(&pieces)
            case .pending: while !link.isInterrupted, try !wait(for: input.descriptor) {}
            case .notice(let text): report(.notice(text))
            case .end: return
            }
            for piece in pieces where try !keepPace() { try send(piece) }
        }
    }

    /// Ends the message that an interruption left open, and the stream if asked to.
    private mutating func closeStream() throws {
        summary.wasInterrupted = link.isInterrupted
        guard link.isReady else { return }
        var pieces: [MessageSplitter.Piece] = []
        splitter.finish(&pieces)
        for piece in pieces { try send(piece) }
        if options.endsStream {
            _ = try link.send([options.stream.utf8, [], Array(#"{"op":"end"}"#.utf8)])
        }
    }

    /// Queued messages are delivered only if the connection exists, or is restored in time.
    private mutating func awaitConnection() throws {
        guard summary.messageCount > 0 else { return }
        try wait(timeout: .zero)
        let deadline = ContinuousClock.now + options.linger
        while !link.isConnected, ContinuousClock.now < deadline {
            try wait(timeout: ContinuousClock.now.duration(to: deadline))
            if link.isInterrupted, !summary.wasInterrupted { break }
        }
        guard link.isConnected else {
            throw ClientError.unavailable(
                options.endpoint, "the connection was lost; the last messages may be lost")
        }
    }

    /// Waits until the next message is due; returns whether the user interrupted.
    private mutating func keepPace() throws -> Bool {
        try wait(timeout: .zero)
        while !link.isInterrupted, let delay = pacer.delay(at: .now) { try wait(timeout: delay) }
        pacer.advance(at: .now)
        return link.isInterrupted
    }

    private mutating func send(_ piece: MessageSplitter.Piece) throws {
        let header = piece.more ? #"{"more":true}"# : #"{"more":false}"#
        guard try link.send([options.stream.utf8, piece.text, Array(header.utf8)]) else { return }
        if !piece.more { summary.messageCount += 1 }
        summary.byteCount += piece.text.count
        report(.progress(sentByteCount: summary.byteCount))
    }

    /// - Returns: whether `input` is readable.
    @discardableResult
    private mutating func wait(
        for input: Descriptor? = nil, timeout: Duration? = nil
    ) throws -> Bool {
        let isReadable = try link.wait(for: input, timeout: timeout)
        for notice in link.notices { report(.notice(notice)) }
        link.notices.removeAll()
        return isReadable
    }
}
