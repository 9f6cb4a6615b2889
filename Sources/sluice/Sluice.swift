import ArgumentParser
import Daemon

struct Sluice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Streams of text in, next-token predictions and sentiment out.",
        discussion: """
            Sluice keeps the state of a recurrent network for every stream of text, advances it \
            token by token as text arrives on ZeroMQ sockets, and publishes what it expects next \
            and how positive the text is.

            Try it, each in a terminal of its own:

              sluice serve
              sluice sub
              echo 'What a wonderful film this is.' | sluice pub

            Exit codes:

              0    all went well
              1    any other failure; `replay verify` found something that is not as recorded
              64   wrong usage
              65   the model or the data is damaged, or a message was refused
              66   an input file is missing, or there is no such stream
              69   an endpoint cannot be had, or nobody answers there
              70   an internal error
              73   a model's or a training's folder cannot be made, or there is no room for it
              74   reading or writing failed
              75   not every message was acknowledged, or the daemon was busy; run the same again
              78   the configuration or the recipe is wrong, or not there
              130  a benchmark, a measurement, a verification, an export or a training was
                   interrupted
              141  whoever read the output has closed it, as `head` does
            """,
        version: "sluice \(sluiceVersion)",
        subcommands: [
            Serve.self, Pub.self, Sub.self, Score.self, State.self, Replay.self, Inspect.self,
            Train.self, Eval.self, Compare.self, Diagnose.self, TokenizerCommand.self, Bench.self,
        ])
}
