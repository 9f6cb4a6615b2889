import ArgumentParser
import Daemon
import Terminal

struct KeyRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Remove a client's key.",
        discussion: """
            When the daemon has reloaded the list, it refuses the key's messages and closes its \
            connections.

              sluice key revoke alice && systemctl reload sluice
            """)

    @Argument(help: ArgumentHelp("The name of the key.", valueName: "name"))
    var name: String

    @OptionGroup var list: KeyListOptions

    func run() throws {
        let file = try list.file()
        try file.revoke(name)
        try TextOutput.standardOutput.write(
            "removed '\(name)' from \(file.path); the daemon closes its connections when it reloads "
                + "(systemctl reload sluice)\n")
    }
}
