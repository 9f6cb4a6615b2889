import ArgumentParser
import Client
import Daemon
import Engine
import Journal
import Wire
import ZeroMQ

struct ReplayPublish: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Send a stored session into a running daemon.",
        discussion: """
            Pushes what publishers once sent (text, end, reset, flush, and what was forced out in \
            time) to a daemon's PULL input, with the pauses that there were then. A stream of the \
            same name in a daemon of the same model leads to the same events.

              sluice replay publish reviews --as again
              sluice replay publish reviews --speed 10               ten times as fast
              sluice replay publish reviews --at-once --to tcp://127.0.0.1:5603
              sluice replay publish reviews --store bug.sluice --at-once
            """)

    @OptionGroup var session: SessionOptions

    @Option(
        help: ArgumentHelp(
            "A PULL input of the daemon (default: \(Configuration.DefaultEndpoint.pull)).",
            valueName: "endpoint"), transform: parsedEndpoint)
    var to = Configuration.DefaultEndpoint.pull

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("The stream's name there (default: the same).", valueName: "name"),
        transform: parsedStream)
    var newName: StreamID?

    @Option(
        help: ArgumentHelp("So many times the recorded pace (default: 1).", valueName: "number"))
    var speed: Double?

    @Flag(help: "Without pauses.")
    var atOnce = false

    @Option(
        help: ArgumentHelp(
            "Give up if the daemon is not there by then (default: wait).", valueName: "duration"),
        transform: parsedDuration)
    var wait: Duration?

    @Option(
        help: ArgumentHelp(
            "How long delivery may take at the end (default: 10s).", valueName: "duration"),
        transform: parsedDuration)
    var linger = Duration.seconds(10)

    func validate() throws {
        if let speed, !(speed > 0 && speed.isFinite) { throw ValidationError("--speed is above 0") }
        if speed != nil, atOnce {
            throw ValidationError("--speed and --at-once exclude each other")
        }
    }

    func run() throws {
        try reportingFailure {
            let interruption = try Interruption()
            interruption.catchSignals()
            let session = try session.open()
            let display = PublishDisplay(
                totalByteCount: try session.store.reader.textByteCount(of: session.key))
            defer { display.finish() }
            sayWhatIsMissing(session, display)
            var requests = PublicRequests(session)
            var first: Double?
            let options = options(for: session)
            let summary = try TimedPublishSession.publish(
                options, interruption: interruption, report: display.show
            ) {
                guard let request = try requests.next() else { return nil }
                let start = first ?? request.record.time
                first = start
                return message(request.record, after: request.record.time - start, options.stream)
            }
            display.finish()
            display.show(summary, of: options)
            if summary.wasInterrupted { throw ExitCode(130) }
            if requests.skipped[.put] != nil {
                display.show(
                    .notice("it had been put there as a snapshot, which was not sent again"))
            }
        }
    }

    private func options(for session: Session) -> PublisherOptions {
        var options = PublisherOptions(
            endpoint: to, pattern: .push, stream: newName ?? session.stream)
        options.patience = wait
        options.linger = linger
        return options
    }

    private func sayWhatIsMissing(_ session: Session, _ display: PublishDisplay) {
        guard session.status.cut > 0 else { return }
        display.show(
            .notice(
                "the store has forgotten the first \(session.status.cut) requests; what is sent "
                    + "begins after them"))
    }

    private func message(
        _ record: RequestRecord, after seconds: Double, _ stream: StreamID
    ) -> TimedMessage {
        var header = RequestHeader()
        header.operation = record.operation
        header.more = record.operation == .text ? record.more : nil
        header.sequence = record.producerSequence
        header.producer = record.producer
        header.time = record.producerTime
        let due = atOnce ? nil : Duration.seconds(max(0, seconds) / (speed ?? 1))
        return TimedMessage(
            frames: [stream.utf8, record.text, header.json], textByteCount: record.text.count,
            due: due, isComplete: record.operation != .text || !record.more)
    }
}
