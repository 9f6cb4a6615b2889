import ArgumentParser
import Client
import Engine
import Replay
import Storage
import Wire

struct ReplayShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the text of a stream and its events.",
        discussion: """
            Replays the stored stream from the nearest checkpoint. On a terminal it prints the text, \
            shaded as by `sluice sub`, otherwise the JSON lines that `sluice sub` prints. The \
            events are those that were published, with the same sequence numbers, or would have \
            been with subscribers.

              sluice replay show reviews
              sluice replay show reviews --from 120 --to 240        these tokens
              sluice replay show reviews --epoch 1 --to message:3   after a reset
              sluice replay show reviews --from time:2026-11-24T06:04
              sluice replay show reviews | jq 'select(.body.surprisal > 11)'
              sluice replay show reviews --published                only what was published

            A place is token:N or N, message:N, byte:N, request:N or time:T. Messages and bytes are \
            counted in the epoch that --epoch names, by default the first.
            """)

    @OptionGroup var session: SessionOptions

    @OptionGroup var range: RangeOptions

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Only these kinds: next, sentiment, stream, error (default: all).",
            valueName: "kind,..."), transform: parsedKinds)
    var events = EventKind.allCases

    @Flag(help: "Only the events that were published at the time.")
    var published = false

    @OptionGroup var colors: ColorOptions

    func run() throws {
        let interruption = try Interruption.ofSignals()
        if colors.showsJSON {
            try show(on: JSONLinesOutput(), interruption)
        } else {
            try show(on: TranscriptOutput(colors.renderer), interruption)
        }
    }

    private func show(on output: some EventOutput, _ interruption: Interruption) throws {
        var output = output
        let session = try session.open()
        let end = try session.resolved(range.end)
        let player = try session.player(
            at: range.start ?? .start, listening: published ? .asRecorded : .everything)
        while !interruption.isRequested, !end.isReached(by: player.progress),
            let step = try player.step()
        {
            for event in step.published where events.contains(event.kind) {
                try output.write(
                    EventMessage(topic: event.topic, body: event.body, sequence: event.sequence))
            }
        }
        try output.finish()
    }
}
