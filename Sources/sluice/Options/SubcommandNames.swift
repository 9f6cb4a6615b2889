import ArgumentParser
import NearestName

/// Suggests the nearest name for an unknown subcommand. The parser would only report an unexpected
/// argument.
enum SubcommandNames {
    /// - Throws: `ValidationError` for the first unknown subcommand.
    static func check(_ arguments: [String], of root: any ParsableCommand.Type) throws {
        var rest = arguments[...]
        if rest.first == "help" { rest.removeFirst() }
        var command = root
        var path = root._commandName
        while let name = rest.popFirst(), !name.hasPrefix("-") {
            let subcommands = command.configuration.subcommands
            guard !subcommands.isEmpty, command.configuration.defaultSubcommand == nil else {
                return
            }
            guard let next = subcommands.first(where: { names(of: $0).contains(name) }) else {
                throw unknown(name, of: path, among: subcommands.map { $0._commandName })
            }
            command = next
            path += " " + name
        }
    }

    private static func names(of command: any ParsableCommand.Type) -> [String] {
        [command._commandName] + command.configuration.aliases
    }

    private static func unknown(
        _ name: String, of path: String, among known: [String]
    ) -> ValidationError {
        let nearest = nearestName(to: name, among: known)
        let suggestion = nearest.map { "Did you mean '\($0)'? " } ?? ""
        return ValidationError(
            "'\(path)' has no subcommand '\(name)'. \(suggestion)Expected one of "
                + known.joined(separator: ", "))
    }
}
