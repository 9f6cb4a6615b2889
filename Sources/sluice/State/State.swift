import ArgumentParser
import Daemon

struct State: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at the states of streams, and move them.",
        discussion: """
            A snapshot is all that a stream is: hidden and cell state, the bytes that are held \
            back in the middle of a word, and its counters. It can be taken at any time, also in \
            the middle of a message, and put into another daemon that serves the same model: the \
            stream goes on there as if nothing had happened. A snapshot of another model is refused.

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
            says otherwise. Only the daemon's user may connect there.
            """,
        subcommands: [
            StateList.self, StateShow.self, StateGet.self, StatePut.self, StateReset.self,
            StateEnd.self,
        ])
}
