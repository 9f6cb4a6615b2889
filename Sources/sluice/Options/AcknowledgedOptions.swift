import ArgumentParser
import Client
import Names
import Wire

/// Options and reports of `sluice pub --reliable`.
struct AcknowledgedOptions: ParsableArguments {
    @Flag(help: "Number the messages, and send each until the daemon acknowledges it.")
    var reliable = false

    @Option(
        help: ArgumentHelp(
            "The producer that numbers the messages (default: a new name in each run).",
            valueName: "name"))
    var producer: String?

    @Option(
        help: ArgumentHelp("The number of the first message (default: 0).", valueName: "number"))
    var startSeq: UInt64?

    @Option(
        help: ArgumentHelp(
            "The most unacknowledged messages at a time (default: 512).", valueName: "number"))
    var window: Int?

    @Option(
        help: ArgumentHelp(
            "Send messages again after this time without an acknowledgement (default: 10s).",
            valueName: "duration"), transform: parsedDuration)
    var resendAfter: Duration?

    @Flag(help: "Continue after a refused message, and exit with 0.")
    var keepGoing = false

    /// Leaves room for the numbers of a run's messages.
    private static let lastStart = UInt64.max - UInt64(UInt32.max)

    func validate() throws {
        guard reliable else {
            let isGiven = producer != nil || startSeq != nil || window != nil || keepGoing
            guard !isGiven, resendAfter == nil else {
                throw ValidationError(
                    "--producer, --start-seq, --window, --resend-after and --keep-going need "
                        + "--reliable")
            }
            return
        }
        guard (producer == nil) == (startSeq == nil) else {
            throw ValidationError(
                "--producer and --start-seq need each other: 0 in the producer's first run, the same "
                    + "number to repeat an interrupted run, and for new text the number that the "
                    + "last run printed")
        }
        if let producer, producer.isEmpty || !RequestHeader.isProducer(producer) {
            throw ValidationError(
                "--producer must be 1 to \(RequestHeader.longestProducer) bytes without control "
                    + "characters")
        }
        if let startSeq, startSeq > Self.lastStart {
            throw ValidationError("--start-seq is from 0 to \(Self.lastStart)")
        }
        if let window, !(1...1 << 20).contains(window) {
            throw ValidationError("--window is from 1 to \(1 << 20)")
        }
        if let resendAfter, resendAfter <= .zero {
            throw ValidationError("--resend-after is above 0")
        }
    }

    func apply(to options: inout PublisherOptions) {
        guard reliable else { return }
        options.producer = producer.map { Name($0) } ?? PublisherOptions.uniqueProducer()
        options.isProducerUsedOnce = producer == nil
        options.start = startSeq ?? options.start
        options.window = window ?? options.window
        options.resendAfter = resendAfter ?? options.resendAfter
        options.keepsGoing = keepGoing
    }

    /// Reports the outcome.
    ///
    /// - Parameter source: the input to repeat, so that the same numbers have the same text.
    /// - Throws: `ClientError` where not every message was acknowledged.
    func conclude(
        _ summary: PublishSummary, of options: PublisherOptions, from source: String,
        on display: PublishDisplay
    ) throws(ClientError) {
        display.finish()
        display.show(summary, of: options)
        guard reliable else { return }
        if summary.unacknowledgedCount > 0 {
            throw ClientError.unacknowledged(
                summary.unacknowledgedCount, of: summary.sentCount, by: options.endpoint,
                advice: "to continue, repeat the command with \(takingUp(options, source))")
        }
        if producer != nil {
            display.say(
                "new text of the producer '\(options.producer)' begins with --start-seq "
                    + "\(summary.nextNumber)")
        }
        if summary.refusedCount > 0, !keepGoing {
            throw ClientError.refused(summary.refusedCount, by: options.endpoint)
        }
    }

    func takingUp(_ options: PublisherOptions, _ source: String) -> String {
        "\(source) and --producer '\(options.producer)' --start-seq \(options.start)"
    }
}
