import ArgumentParser
import Daemon
import Terminal
import Wire

struct ControlDrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Finish what was accepted, and stop the daemon.",
        discussion: """
            As SIGTERM: it takes nothing more, finishes accepted requests within shutdown.timeout, and \
            exits with 0. Returns when that has begun. A unit with Restart=on-failure stays stopped.

              sluice ctl drain
            """)

    @OptionGroup var options: ControlOptions

    func run() throws {
        let report = try options.ask(.drain, for: StopReport.self).result
        try TextOutput.standardOutput.write(
            "stopping, within \(report.timeout) s\n")
    }
}

struct ControlLameDuck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lame-duck",
        abstract: "Close all connections gradually, then stop the daemon.",
        discussion: """
            It takes no new connections and closes those that are there one after the other, evenly \
            over the duration, so that not all clients look for another daemon at once. It serves \
            meanwhile, and then stops as by `drain`. The control socket stays open.

              sluice ctl lame-duck
              sluice ctl lame-duck --duration 10m
            """)

    @Option(
        help: ArgumentHelp(
            "How long closing the connections may take (default: 2m).", valueName: "duration"),
        transform: parsedDuration)
    var duration = Duration.seconds(ControlRequest.usualLameDuckSeconds)

    @OptionGroup var options: ControlOptions

    func run() throws {
        let seconds = UInt64(duration.components.seconds)
        let report = try options.ask(.lameDuck(seconds: seconds), for: StopReport.self).result
        try TextOutput.standardOutput.write(
            "closing connections for \(report.closingSeconds) s, then stopping within "
                + "\(report.timeout) s\n")
    }
}
