import ArgumentParser
import Daemon

struct State: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Inspect, save and move the states of streams.",
        discussion: """
            A snapshot is the whole state of a stream: hidden and cell state, held-back bytes in the \
            middle of a word, and counters. It can be taken at any time, even in the middle of a \
            message, and put into another daemon that serves the same model; the stream continues \
            there exactly. A snapshot of another model is refused.

            To move a stream from one daemon to another, stop its publishers and then:

              sluice state get news -o news.state
              sluice state end news
              sluice state put news.state --to tcp://10.0.0.8:5605

            or without a file in between:

              sluice state get news | sluice state put - --to tcp://10.0.0.8:5605

            To try something twice from the same beginning:

              sluice state put news.state --stream what-if

            Without a daemon, on the store that one has written:

              sluice state list --store journal.sqlite
              sluice state get news --store journal.sqlite -o news.state

            Daemons answer at \(ControlPlace.description), \
            and under systemd at ipc:///run/sluice/control, unless their configuration or --control \
            names another endpoint. Only the daemon's user may connect there.
            """,
        subcommands: [
            StateList.self, StateShow.self, StateGet.self, StatePut.self, StateReset.self,
            StateEnd.self,
        ])
}
