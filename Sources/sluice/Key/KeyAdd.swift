import ArgumentParser
import Curve
import Daemon
import Terminal
import Wire

struct KeyAdd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a client's key.",
        discussion: """
            Rights: publish (send text), subscribe (receive events), control (inspect and change \
            streams), admin (everything else that the control socket can do).

            Without --prefix the key is for all streams. With it, for those whose names begin so; \
            it may be repeated. --limit, which may be repeated too, sets one of messages_per_second, \
            message_burst, bytes_per_second, byte_burst, max_text_bytes, streams, producers, \
            connections, subscriptions; the others are those of [limits.key] of the configuration.

              sluice key add alice --public alice.key --rights publish,subscribe --prefix news.
              sluice key add monitor --public 'rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7' \\
                  --rights subscribe
            """)

    @Argument(help: ArgumentHelp("The name of the key.", valueName: "name"))
    var name: String

    @Option(
        name: .customLong("public"),
        help: ArgumentHelp(
            "The public key: its file, or its 40 characters.", valueName: "file or key"))
    var publicText: String

    @Option(
        help: ArgumentHelp(
            "Some of publish, subscribe, control, admin.", valueName: "right,..."),
        transform: parsedRights)
    var rights: [AccessRight]

    @Option(
        help: ArgumentHelp("The beginning of the names of its streams.", valueName: "prefix"))
    var prefix: [String] = []

    @Option(
        help: ArgumentHelp(
            "A limit of the key, such as messages_per_second=100, or NAME=unlimited.",
            valueName: "name=number"))
    var limit: [String] = []

    @OptionGroup var list: KeyListOptions

    func validate() throws {
        guard AccessList.isName(name) else {
            throw ValidationError(
                "the name of a key has 1 to 64 letters, digits, '-', '_', '.', '@'")
        }
        for prefix in prefix { _ = try validated { try StreamID(prefix) } }
        _ = try validated { try limits() }
    }

    private func limits() throws -> KeyLimitChanges {
        var limits = KeyLimitChanges()
        for assignment in limit { try limits.set(assignment) }
        return limits
    }

    func run() throws {
        let file = try list.file()
        try file.add(
            AccessKey(
                name: name, publicKey: try CurvePublicKey(textOrFile: publicText), rights: rights,
                prefixes: prefix.isEmpty ? nil : prefix, limits: try limits()))
        try TextOutput.standardOutput.write(
            "added '\(name)' to \(file.path); the daemon takes it when it reloads "
                + "(systemctl reload sluice)\n")
    }
}

private func parsedRights(_ text: String) throws -> [AccessRight] {
    let known = AccessRight.allCases.map(\.rawValue).joined(separator: ", ")
    let rights = try text.split(separator: ",").map { name in
        guard let right = AccessRight(rawValue: String(name)) else {
            throw ValidationError("there is no right '\(name)'; expected some of \(known)")
        }
        return right
    }
    guard !rights.isEmpty else { throw ValidationError("expected some of \(known)") }
    return AccessRight.allCases.filter { rights.contains($0) }
}
