import ArgumentParser
import Foundation
import Journal
import Storage

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy a store into one file, also while a daemon writes it.",
        discussion: """
            The copy holds all that is committed when the command begins. It is written beside its \
            place, checked page by page and row by row, and moved there when it is complete and on \
            the disk. Only its user may read it: it contains all text. The daemon is not stopped; run \
            the command as its user or as root, on the same machine. Every replay command takes the \
            copy as --store.

              sluice backup                                  of your own daemon, or the service
              sluice backup -o /var/backups/                 a name with the time is made up
              sluice backup -o night.sluice --max-rate 20000000
              sluice replay verify --all --store night.sluice     also replays every session
              sluice restore night.sluice --store /var/lib/sluice/journal.sqlite

            The copy does not hold the configuration, the keys and the models. Back up those with \
            /etc. The output names the models by fingerprint.
            """)

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The file to write, or the folder to write it to; no file is replaced (default: here).",
            valueName: "file|folder"))
    var output = "."

    @Option(
        help: ArgumentHelp(
            """
            The store (default: your daemon's store, or else that of the system's service in \
            \(StorePlace.serviceFolder)).
            """, valueName: "file"))
    var store: String?

    @OptionGroup var copyOptions: CopyOptions

    func run() throws {
        let source = try StorePlace.storage(store).name
        let file = Self.file(output, now: Date())
        try copyOptions.run(to: file, verb: "backed up to") {
            try StoreBackup.write(storeAt: source, to: file, options: $0)
        }
    }

    /// - Parameter output: a file, or a folder in which it gets a name that is sorted by time.
    static func file(_ output: String, now: Date) -> String {
        var isFolder: ObjCBool = false
        let isThere = unsafe FileManager.default.fileExists(atPath: output, isDirectory: &isFolder)
        guard output.hasSuffix("/") || isThere && isFolder.boolValue else { return output }
        let time = now.formatted(
            .iso8601.year().month().day().dateSeparator(.omitted).time(
                includingFractionalSeconds: false
            )
            .timeSeparator(.omitted))
        return URL(filePath: output).appending(path: "sluice-\(time)Z.backup")
            .path(percentEncoded: false)
    }
}
