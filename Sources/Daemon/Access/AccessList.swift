import Curve
import Glibc
package import StrictTOML
import Wire

/// The keys that may connect: a TOML file.
///
///     [[key]]
///     name = "alice"
///     public = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
///     rights = ["publish", "subscribe"]
///     prefixes = ["news."]                 # left out: all streams
///     limits.messages_per_second = 100     # left out: those of [limits.key] of the configuration
package struct AccessList: Equatable, Sendable {
    package private(set) var keys: [AccessKey]
    private let byPublicKey: [String: AccessKey]
    /// Whether a key has limits of its own.
    let hasLimits: Bool

    /// Prefixes of one key.
    static let mostPrefixes = 100

    package init(_ keys: [AccessKey] = []) {
        self.keys = keys
        hasLimits = keys.contains { !$0.limits.isEmpty }
        byPublicKey = Dictionary(keys.map { ($0.publicKey.text, $0) }) { first, _ in first }
    }

    /// - Parameter publicKey: in Z85.
    func key(_ publicKey: String) -> AccessKey? { byPublicKey[publicKey] }

    package func key(named name: String) -> AccessKey? { keys.first { $0.name == name } }

    // MARK: Reading

    /// Reads the file, which nobody but its owner may write: this user or root.
    ///
    /// - Throws: `ConfigurationError` with every problem.
    package init(file path: String) throws(ConfigurationError) {
        let document = try TOMLDocument.text(ofFile: path)
        if let problem = Self.looseness(of: path) {
            throw ConfigurationError(source: path, problems: [.init("", problem)])
        }
        try self.init(document: document, source: path)
    }

    package init(document: String, source: String) throws(ConfigurationError) {
        let list = try TOMLDocument.read(
            document, source: source, codec: Keys.codec, inconsistencies: \.inconsistencies)
        self.init(list.keys.compactMap(\.key))
    }

    /// Whoever may write the list may give rights.
    private static func looseness(of path: String) -> String? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        guard [0, geteuid()].contains(status.st_uid) else {
            return "belongs to user \(status.st_uid); expected user \(geteuid()) or root: "
                + "chown \(geteuid()) \(path)"
        }
        guard status.st_mode & 0o022 == 0 else {
            return "has the mode 0\(String(status.st_mode & 0o777, radix: 8)), so that others may "
                + "give themselves rights; expected 0644 or less: chmod go-w \(path)"
        }
        return nil
    }

    /// The file as a whole.
    private struct Keys: ConfigurationSection {
        var keys: [Entry] = []

        static var fields: [Field] { [Field("key", \.keys, .list(of: Entry.codec))] }

        var inconsistencies: [ConfigurationError.Problem] {
            keys.indices.flatMap { index in
                let earlier = keys[..<index]
                return keys[index].problems(at: index, after: Array(earlier))
            }
        }
    }

    /// One key of the file.
    private struct Entry: ConfigurationSection {
        var name = ""
        var publicKey = ""
        var rights: [AccessRight] = []
        var prefixes: [String]?
        var limits = KeyLimitChanges()

        static var fields: [Field] {
            [
                Field("name", \.name, .keyName, isRequired: true),
                Field("public", \.publicKey, .publicKey, isRequired: true),
                Field("rights", \.rights, .list(of: .choice), isRequired: true),
                Field("prefixes", optional: \.prefixes, .list(of: .streamPrefix)),
                Field("limits", \.limits, KeyLimitChanges.codec),
            ]
        }

        var key: AccessKey? {
            CurvePublicKey(text: publicKey).map {
                AccessKey(
                    name: name, publicKey: $0, rights: rights, prefixes: prefixes, limits: limits)
            }
        }

        func problems(at index: Int, after earlier: [Entry]) -> [ConfigurationError.Problem] {
            var problems: [ConfigurationError.Problem] = []
            func add(_ key: String, _ text: String) {
                problems.append(.init("key[\(index)].\(key)", text))
            }
            if rights.isEmpty { add("rights", "found none; expected at least one") }
            if prefixes?.isEmpty == true {
                add("prefixes", "found none; expected at least one, or no such key for all streams")
            }
            if prefixes?.count ?? 0 > AccessList.mostPrefixes {
                add("prefixes", "found more than \(AccessList.mostPrefixes)")
            }
            if let index = earlier.firstIndex(where: { $0.name == name }) {
                add("name", "'\(name)' is the name of key[\(index)] already")
            }
            if let index = earlier.firstIndex(where: { $0.publicKey == publicKey }) {
                add("public", "is that of key[\(index)], '\(earlier[index].name)', already")
            }
            return problems
        }
    }
}

extension ConfigurationCodec where Value == String {
    fileprivate static var keyName: Self {
        Self(
            expecting: "1 to 64 letters, digits, '-', '_', '.', '@'",
            read: { if case .text(let name) = $0, AccessList.isName(name) { name } else { nil } },
            encode: { .text($0) })
    }

    fileprivate static var publicKey: Self {
        Self(
            expecting: "a public key, 40 characters, as `sluice keygen` prints it",
            read: { value in
                guard case .text(let text) = value, CurvePublicKey(text: text) != nil else {
                    return nil
                }
                return text
            }, encode: { .text($0) })
    }

    fileprivate static var streamPrefix: Self {
        Self(
            expecting: "the beginning of a stream id",
            read: { value in
                guard case .text(let text) = value, (try? StreamID(text)) != nil else {
                    return nil
                }
                return text
            }, encode: { .text($0) })
    }
}

extension AccessList {
    package static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                    UInt8(ascii: "."), UInt8(ascii: "@"):
                    true
                default: false
                }
            }
    }
}
