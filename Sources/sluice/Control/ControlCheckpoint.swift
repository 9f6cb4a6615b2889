import ArgumentParser
import Daemon
import Terminal
import Wire

struct ControlCheckpoint: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint", abstract: "Checkpoint all streams that have changed.",
        discussion: """
            A restart then has less to read again. Returns once every stream is checkpointed; the \
            next commit has the last ones. journal.checkpoint_every does the same by itself.

              sluice ctl checkpoint
            """)

    @OptionGroup var options: ControlOptions

    func run() throws {
        let report = try options.ask(.checkpoint, for: CheckpointReport.self).result
        try TextOutput.standardOutput.write(
            "all streams are checkpointed, in \(Int((report.seconds * 1000).rounded())) ms\n")
    }
}
