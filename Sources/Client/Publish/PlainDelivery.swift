import Wire
import ZeroMQ

/// Delivery without acknowledgements, to a SUB or PULL socket.
final class PlainDelivery: Delivery {
    private(set) var summary = PublishSummary()
    private let options: PublisherOptions
    private var link: PublisherLink
    private let report: (PublishReport) -> Void

    init(
        _ options: PublisherOptions, in context: Context, _ interruption: Interruption,
        _ report: @escaping (PublishReport) -> Void
    ) throws(ZeroMQError) {
        self.options = options
        link = try PublisherLink(options, in: context, interruption: interruption)
        self.report = report
    }

    var isGoingOn: Bool { !link.isInterrupted }
    /// Also after an interruption: the daemon would wait for the rest of the message.
    var mayEndText: Bool { link.isReady }

    func noteAllSent() { summary.wasInterrupted = link.isInterrupted }

    func awaitReceiver() throws {
        let start = ContinuousClock.now
        var saidUnwanted = false
        while !link.isReady, isGoingOn {
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

    func awaitTurn(at due: ContinuousClock.Instant?) throws -> Bool {
        try wait(timeout: .zero)
        while isGoingOn, let due, due > .now {
            try wait(timeout: ContinuousClock.now.duration(to: due))
        }
        return isGoingOn
    }

    func send(_ piece: MessageSplitter.Piece) throws {
        let header = piece.more ? #"{"more":true}"# : #"{"more":false}"#
        try send(piece.text, Array(header.utf8), isComplete: !piece.more)
    }

    func sendEnd() throws {
        _ = try link.send([options.stream.utf8, [], Array(#"{"op":"end"}"#.utf8)])
    }

    func send(_ header: RequestHeader, text: [UInt8]) throws {
        let isComplete = header.operation != .text || header.more != true
        try send(text, header.json, isComplete: isComplete)
    }

    private func send(_ text: [UInt8], _ header: [UInt8], isComplete: Bool) throws {
        guard try link.send([options.stream.utf8, text, header]) else { return }
        if isComplete { summary.messageCount += 1 }
        summary.byteCount += text.count
        report(.progress(sentByteCount: summary.byteCount))
    }

    /// Queued messages are delivered only if the connection exists, or is restored in time.
    func finish() throws {
        guard summary.messageCount > 0 || summary.byteCount > 0 else { return }
        try wait(timeout: .zero)
        let deadline = ContinuousClock.now + options.plainLinger
        while !link.isConnected, ContinuousClock.now < deadline {
            try wait(timeout: ContinuousClock.now.duration(to: deadline))
            if link.isInterrupted, !summary.wasInterrupted { break }
        }
        guard link.isConnected else {
            throw ClientError.unavailable(
                options.endpoint, "the connection was lost; the last messages may be lost")
        }
    }

    func wait(for input: Descriptor?) throws -> Bool { try wait(for: input, timeout: nil) }

    @discardableResult
    private func wait(for input: Descriptor? = nil, timeout: Duration?) throws -> Bool {
        let isReadable = try link.wait(for: input, timeout: timeout)
        for notice in link.notices { report(.notice(notice)) }
        link.notices.removeAll()
        return isReadable
    }
}

extension PublisherOptions {
    var plainLinger: Duration { linger ?? .seconds(10) }
}
