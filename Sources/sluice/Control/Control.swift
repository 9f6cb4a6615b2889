import ArgumentParser
import Daemon

struct Control: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ctl",
        abstract: "Watch and operate a running daemon.",
        discussion: """
            Asks the daemon by its control socket:

              sluice ctl status
              sluice ctl top
              sluice ctl streams --prefix news/
              sluice ctl reload
              sluice ctl log-level debug

            Daemons answer at \(ControlPlace.description), \
            and under systemd at ipc:///run/sluice/control, unless their configuration or --control \
            names another endpoint. deploy/docs/operations.md explains what each command changes.
            """,
        subcommands: [
            ControlStatus.self, ControlTop.self, ControlStreams.self, ControlReload.self,
            ControlLogLevelCommand.self, ControlEvict.self, ControlReset.self, ControlFlush.self,
            ControlCheckpoint.self, ControlConnections.self, ControlKick.self, ControlDrain.self,
            ControlLameDuck.self,
        ])
}
