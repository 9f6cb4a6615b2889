import ArgumentParser

struct KeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Change the list of the clients' keys that a daemon accepts.",
        discussion: """
            The list is the file that access.keys of the daemon's configuration names. The daemon \
            takes a changed list when it reloads: systemctl reload sluice, or a SIGHUP.

              sluice key add alice --public alice.key --rights publish,subscribe --prefix news.
              sluice key list
              sluice key revoke alice
            """,
        subcommands: [KeyAdd.self, KeyShow.self, KeyRevoke.self])
}
