import ArgumentParser
import Daemon

/// Which list of keys.
struct KeyListOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The list of keys (default: access.keys of --config, or \(usual)).",
            valueName: "file"))
    var keys: String?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The daemon's configuration, which names the list.", valueName: "file"))
    var config: String?

    static let usual = "/etc/sluice/keys.toml"

    func validate() throws {
        guard keys == nil || config == nil else {
            throw ValidationError("--keys and --config exclude each other")
        }
    }

    func file() throws -> KeyListFile {
        if let keys { return KeyListFile(path: keys) }
        guard let config else { return KeyListFile(path: Self.usual) }
        guard let path = try Configuration(file: config).access.keys else {
            throw ValidationError("\(config) names no list: it has no access.keys")
        }
        return KeyListFile(path: path)
    }
}
