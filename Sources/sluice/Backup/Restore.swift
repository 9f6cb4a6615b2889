import ArgumentParser
import Daemon
import Foundation
import Glibc
import Journal
import Storage

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a store of a backup, where there is none.",
        discussion: """
            Stop the daemon and move a store that is there away first: nothing is replaced. The backup \
            is checked page by page and row by row before the store takes its name. As root, the files \
            belong to the owner of the folder.

              systemctl stop sluice
              mv /var/lib/sluice /var/lib/sluice.old && install -d -o sluice -g sluice -m 700 /var/lib/sluice
              sluice restore night.backup --store /var/lib/sluice/journal.sqlite
              systemctl start sluice

            The output says how far the store goes. What was acknowledged after the backup is not in \
            it: let the publishers repeat their last messages under the same numbers (`sluice pub \
            --reliable --producer NAME --start-seq NUMBER`). Those that are in the store are \
            duplicates, and are not read twice.
            """)

    @Argument(help: ArgumentHelp("The backup.", valueName: "backup"))
    var backup: String

    @Option(
        help: ArgumentHelp(
            """
            The store to make (default: as root that of the system's service, \
            \(StorePlace.serviceFolder)/journal.sqlite; else your own).
            """, valueName: "file"))
    var store: String?

    @OptionGroup var copyOptions: CopyOptions

    func run() throws {
        let place = store ?? Self.defaultStore
        try copyOptions.run(to: place, verb: "restored to") {
            try StoreRestore.make(storeAt: place, from: backup, options: $0)
        }
    }

    private static var defaultStore: String {
        let service = StorePlace.serviceFolder
        if geteuid() == 0, unsafe access(service, F_OK) == 0 { return service + "/journal.sqlite" }
        return Configuration.defaultStore(environment: ProcessInfo.processInfo.environment)
    }
}
