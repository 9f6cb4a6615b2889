import Curve
import Files
import Glibc
package import StrictTOML

/// The file of the clients' keys, as `sluice key` edits it: text, so that comments stay. Each change
/// takes effect as a whole.
package struct KeyListFile {
    package let path: String

    package init(path: String) { self.path = path }

    /// - Throws: `ConfigurationError`.
    package func list() throws(ConfigurationError) -> AccessList { try AccessList(file: path) }

    /// Adds a key at the end; makes the file if there is none.
    ///
    /// - Throws: `KeyListError`, `ConfigurationError` of what the file has now.
    package func add(_ key: AccessKey) throws {
        let isNew = unsafe access(path, F_OK) != 0
        let list = isNew ? AccessList() : try list()
        if list.key(named: key.name) != nil {
            throw KeyListError.exists("there is a key '\(key.name)' already", path: path)
        }
        if let other = list.keys.first(where: { $0.publicKey == key.publicKey }) {
            throw KeyListError.exists(
                "the public key is that of '\(other.name)' already", path: path)
        }
        var text = isNew ? Self.heading : try TOMLDocument.text(ofFile: path)
        if !text.isEmpty && !text.hasSuffix("\n") { text += "\n" }
        try replace(with: text + "\n" + Self.document(key), key.name, expecting: list.keys + [key])
    }

    /// Removes a key.
    ///
    /// - Throws: `KeyListError`, `ConfigurationError` of what the file has now.
    package func revoke(_ name: String) throws {
        let list = try list()
        guard list.key(named: name) != nil else { throw KeyListError.noKey(name, path: path) }
        let parts = Self.parts(of: try TOMLDocument.text(ofFile: path))
        let kept = list.keys.filter { $0.name != name }
        // The part of a key is the one without which the file has the other keys.
        let texts = parts.indices.lazy.map { left in
            parts.indices.filter { $0 != left }.map { parts[$0] }.joined()
        }
        let text = texts.first { text in
            (try? AccessList(document: text, source: path))?.keys == kept
        }
        guard let text else { throw KeyListError.notEditable(name, path: path) }
        try replace(with: text, name, expecting: kept)
    }

    private static let heading = """
        # The keys of clients that may connect to the daemon. It takes a changed list when it reloads.

        """

    static func document(_ key: AccessKey) -> String {
        var entries: [ConfigurationValue.Entry] = [
            .init(key: "name", value: .text(key.name)),
            .init(key: "public", value: .text(key.publicKey.text)),
            .init(key: "rights", value: .list(key.rights.map { .text($0.rawValue) })),
        ]
        if let prefixes = key.prefixes {
            entries.append(.init(key: "prefixes", value: .list(prefixes.map { .text($0) })))
        }
        let limits = key.limits.entries.map {
            let entry = ConfigurationValue.Entry(key: $0.key, value: $0.value)
            return "limits." + ConfigurationValue.table([entry]).document
        }
        return "[[key]]\n" + ConfigurationValue.table(entries).document + limits.joined()
    }

    /// The file, cut before each heading of a key: the first part is what comes before.
    private static func parts(of text: String) -> [String] {
        var parts = [""]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let bare = line.filter { $0 != " " && $0 != "\t" }
            if bare.hasPrefix("[[key]]") || bare.hasPrefix("[[\"key\"]]") { parts.append("") }
            parts[parts.count - 1] += line + "\n"
        }
        parts[parts.count - 1].removeLast()
        return parts
    }

    private func replace(
        with text: String, _ name: String, expecting keys: [AccessKey]
    ) throws {
        guard (try? AccessList(document: text, source: path))?.keys == keys else {
            throw KeyListError.notEditable(name, path: path)
        }
        do throws(OutputError) {
            var file = try OutputFile(path, isPrivate: false)
            try file.write(Array(text.utf8))
            try file.complete(isDurable: true)
        } catch {
            throw KeyListError.notWritten(error.reason, path: path)
        }
    }
}

/// Why a list of keys was not changed.
package enum KeyListError: Error, Equatable, CustomStringConvertible {
    case exists(String, path: String)
    case noKey(String, path: String)
    /// The text is written in a way that cannot be edited here.
    case notEditable(String, path: String)
    case notWritten(String, path: String)

    package var description: String {
        switch self {
        case .exists(let problem, let path): "\(path): \(problem); the list is unchanged"
        case .noKey(let name, let path):
            "\(path): there is no key '\(name)'; `sluice key list` shows them"
        case .notEditable(let name, let path):
            "\(path): the list is not written as [[key]] tables, one below the other; edit the key "
                + "'\(name)' by hand"
        case .notWritten(let reason, let path): "\(path): cannot be written: \(reason)"
        }
    }
}
