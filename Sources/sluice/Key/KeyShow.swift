import ArgumentParser
import Curve
import Daemon
import Terminal

struct KeyShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the clients' keys.",
        discussion: """
            Columns: name, public key, rights, prefixes of the streams, limits that differ from \
            [limits.key] of the configuration.

              sluice key list --config /etc/sluice/sluice.toml
            """)

    @OptionGroup var list: KeyListOptions

    func run() throws {
        let keys = try list.file().list().keys
        let rows = keys.map { key in
            [
                key.name, key.publicKey.text, key.rights.map(\.rawValue).joined(separator: ","),
                key.prefixes.map { $0.joined(separator: " ") } ?? "(all streams)",
                key.limits.isEmpty ? "(usual limits)" : key.limits.text,
            ]
        }
        try TextOutput.standardOutput.write(AlignedTable(lines: rows).text())
    }
}
