import ArgumentParser
import Client
import Daemon
import Engine
import Replay
import Storage
import Wire
import ZeroMQ

struct ReplayPublish: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Send a stored session into a running daemon.",
        discussion: """
            Sends the recorded requests (text, end, reset, flush) to a PULL input of a daemon, with \
            the recorded pauses. A daemon with the same model publishes the same events for a \
            stream of the same name.

            With --reliable it sends to a ROUTER input. A new producer numbers the messages, and \
            each is sent until the daemon acknowledges it. The exit code is 0 only if every message \
            was acknowledged, and 75 if not; the last lines then say how to resume.

              sluice replay publish reviews --as again
              sluice replay publish reviews --speed 10               ten times as fast
              sluice replay publish reviews --at-once --to tcp://127.0.0.1:5603
              sluice replay publish reviews --store bug.sluice --at-once
              sluice replay publish reviews --reliable --as again    with acknowledgements
            """)

    @OptionGroup var session: SessionOptions

    @Option(
        help: ArgumentHelp(
            """
            The daemon's PULL input (default: \(Configuration.DefaultEndpoint.pull)), or with \
            --reliable its ROUTER input (default: \(Configuration.DefaultEndpoint.router)).
            """, valueName: "endpoint"), transform: parsedEndpoint)
    var to: Endpoint?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("The name to publish as (default: the same).", valueName: "name"),
        transform: parsedStream)
    var newName: StreamID?

    @Option(
        help: ArgumentHelp("Speed relative to the recorded pace (default: 1).", valueName: "number")
    )
    var speed: Double?

    @Flag(help: "Send without pauses.")
    var atOnce = false

    @Option(
        help: ArgumentHelp(
            "Give up if the daemon cannot be reached by then (default: wait).",
            valueName: "duration"),
        transform: parsedDuration)
    var wait: Duration?

    @Option(
        help: ArgumentHelp(
            """
            How long delivery may take at the end (default: 10s; with --reliable, without limit).
            """, valueName: "duration"), transform: parsedDuration)
    var linger: Duration?

    @OptionGroup(title: "Keys") var keys: KeyOptions
    @OptionGroup(title: "Acknowledged publishing") var acknowledged: AcknowledgedOptions

    func validate() throws {
        if let speed, !(1e-6...1e6).contains(speed) {
            throw ValidationError("--speed is from 0.000001 to 1000000")
        }
        if speed != nil, atOnce {
            throw ValidationError("--speed and --at-once exclude each other")
        }
    }

    func run() throws {
        let interruption = try Interruption.ofSignals()
        let session = try session.open()
        let display = PublishDisplay(
            totalByteCount: try session.store.reader.textByteCount(of: session.key))
        defer { display.finish() }
        sayWhatIsMissing(session, display)
        var messages = RecordedMessages(session, speed: atOnce ? nil : speed ?? 1)
        let options = try options(session)
        let summary = try TimedPublishSession.publish(
            options, interruption: interruption, report: display.show
        ) { try messages.next() }
        let source = "the same session"
        try acknowledged.conclude(summary, of: options, from: source, on: display)
        if summary.wasInterrupted {
            if acknowledged.reliable {
                display.say(
                    "to send the rest, run it again with \(acknowledged.takingUp(options, source))")
            }
            throw ExitCode.interrupted
        }
        if messages.hadSnapshot {
            display.say("the stream began with a snapshot, which was not sent")
        }
    }

    private func options(_ session: Session) throws -> PublisherOptions {
        let way: PublisherOptions.Way = acknowledged.reliable ? .acknowledged : .push
        var options = PublisherOptions(
            endpoint: to ?? way.defaultEndpoint, way: way, stream: newName ?? session.stream)
        options.curve = try keys.client(for: options.endpoint)
        options.patience = wait
        options.linger = linger
        acknowledged.apply(to: &options)
        return options
    }

    private func sayWhatIsMissing(_ session: Session, _ display: PublishDisplay) {
        guard session.status.cut > 0 else { return }
        display.say(
            "the first \(session.status.cut) requests are no longer stored; publishing begins after "
                + "them")
    }
}
