import ArgumentParser
import Daemon

struct Sluice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Streams of text in, next-token predictions and sentiment out.",
        discussion: """
            Sluice keeps the state of a recurrent network for every stream of text, advances it \
            token by token as text arrives on ZeroMQ sockets, and publishes predictions of the next \
            token and the sentiment of the text.

            To try it, run each command in a terminal of its own:

              sluice serve
              sluice sub
              echo 'What a wonderful film this is.' | sluice pub

            Exit codes:

            \(ExitCode.table)
            """,
        version: "sluice \(sluiceVersion)",
        subcommands: [
            Serve.self, Pub.self, Sub.self, Control.self, Doctor.self, Keygen.self, KeyCommand.self,
            Score.self,
            State.self, Replay.self, Backup.self, Restore.self, Inspect.self,
            Train.self, Eval.self, Compare.self, Diagnose.self, TokenizerCommand.self, Bench.self,
        ])
}
