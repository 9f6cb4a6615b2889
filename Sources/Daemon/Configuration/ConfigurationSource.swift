import Curve
package import StrictTOML

/// Where a configuration comes from: the defaults, overridden by the file, by the variables of the
/// environment, and by the flags of the command, in this order.
package struct ConfigurationSource: Sendable {
    /// The TOML file; nil for none.
    package let file: String?
    private let environment: [String: String]
    private let flags: @Sendable (inout Configuration) -> Void

    package init(
        file: String? = nil, environment: [String: String] = [:],
        flags: @escaping @Sendable (inout Configuration) -> Void = { _ in }
    ) {
        self.file = file
        self.environment = environment
        self.flags = flags
    }

    /// The configuration in effect.
    ///
    /// - Throws: `ConfigurationError` with every problem.
    package func read() throws(ConfigurationError) -> Configuration {
        let reading = examine()
        guard reading.problems.isEmpty else { throw reading.error }
        return reading.configuration
    }

    /// Reads everything. Keys with problems have their defaults.
    package func examine() -> ConfigurationReading {
        var problems: [ConfigurationError.Problem] = []
        let text = read(file, &problems)
        var value = parse(text, &problems)
        let overrides = overlay(&value, &problems)
        let codec = Configuration.codec
        var configuration = codec.decode(value, "", &problems) ?? Configuration()
        let before = codec.encode(configuration)
        flags(&configuration)
        let after = codec.encode(configuration)
        _ = codec.decode(after, "", &problems)
        problems += configuration.inconsistencies.filter { !$0.mayFollow(from: problems) }
        let places = Places(
            flags: codec.shape.changes(from: before, to: after).map(\.key), overrides: overrides,
            locator: KeyLocator(text))
        return ConfigurationReading(
            configuration, source: file ?? "flags", problems: problems, located: places.located)
    }

    /// The places of values, the latest first.
    private struct Places {
        let flags: [String]
        let overrides: [ConfigurationVariables.Override]
        let locator: KeyLocator

        func located(_ problem: ConfigurationError.Problem) -> ConfigurationError.Problem {
            guard problem.source == nil else { return problem }
            var located = problem
            if flags.contains(where: { isAbout(problem, $0) }) {
                located.source = "flags"
            } else if let override = overrides.first(where: { isAbout(problem, $0.path.text) }) {
                located.source = override.variable
            } else {
                located = locator.located(problem)
            }
            return located
        }

        private func isAbout(_ problem: ConfigurationError.Problem, _ key: String) -> Bool {
            !problem.key.isEmpty && key.contains(key: problem.key)
        }
    }

    private func read(
        _ file: String?, _ problems: inout [ConfigurationError.Problem]
    ) -> String {
        guard let file else { return "" }
        do throws(ConfigurationError) {
            return try TOMLDocument.text(ofFile: file)
        } catch {
            problems += error.problems
            return ""
        }
    }

    /// The document, with relative paths from the file's folder.
    private func parse(
        _ text: String, _ problems: inout [ConfigurationError.Problem]
    ) -> ConfigurationValue {
        do throws(ConfigurationError.Problem) {
            var value = try ConfigurationValue.parse(text)
            for path in Configuration.pathKeys(in: value) {
                guard let file, case .text(let relative)? = value.value(at: path),
                    !relative.isEmpty,
                    !relative.hasPrefix(Configuration.Access.credential),
                    !Configuration.isPublicKey(relative, at: path)
                else { continue }
                value.set(.text(TOMLDocument.absolute(relative, fromFile: file)), at: path)
            }
            return value
        } catch {
            problems.append(error)
            return .table([])
        }
    }

    // MARK: Environment

    private func overlay(
        _ value: inout ConfigurationValue, _ problems: inout [ConfigurationError.Problem]
    ) -> [ConfigurationVariables.Override] {
        let variables = ConfigurationVariables(prefix: "SLUICE", Configuration.codec.shape)
        let (overrides, unknown) = variables.read(
            environment, ignoring: Self.isOtherVariable)
        problems += unknown
        for override in overrides {
            addDefaultTables(for: override.path, to: &value)
            guard !value.set(override.value, at: override.path) else { continue }
            var problem = ConfigurationError.Problem(
                override.path.text,
                "there is no table for it; tables are numbered from 0, without gaps")
            problem.source = override.variable
            problems.append(problem)
        }
        return overrides
    }

    /// Without an `[[input]]` in the file, index 0 is the first of the default inputs.
    private func addDefaultTables(
        for path: [ConfigurationStep], to value: inout ConfigurationValue
    ) {
        guard path.count > 1, case .index = path[1], value.value(at: path.prefix(1)) == nil
        else { return }
        value.set(Configuration.defaultTables.value(at: path.prefix(1)), at: path.prefix(1))
    }

    /// Variables that have another meaning: those that commands read, and those that Docker and
    /// Kubernetes set for a service named `sluice`.
    private static func isOtherVariable(_ name: String) -> Bool {
        let service = /SLUICE_(.*_)?SERVICE_(HOST|PORT(_.*)?)/
        let link = /SLUICE_(.*_)?PORT(_\d+_(TCP|UDP|SCTP)(_.*)?)?/
        return name == "SLUICE_KERNEL_TIER" || name.hasPrefix("SLUICE_CLIENT_")
            || name.wholeMatch(of: service) != nil
            || name.wholeMatch(of: link) != nil
    }
}

extension Configuration {
    /// Keys that are paths: in a file a relative one starts from the file's folder.
    fileprivate static func pathKeys(in value: ConfigurationValue) -> [[ConfigurationStep]] {
        let tables = ["input", "output"].flatMap { name -> [[ConfigurationStep]] in
            guard case .list(let tables)? = value.value(at: [.key(name)]) else { return [] }
            return tables.indices.map { [.key(name), .index($0), .key(serverKeyName)] }
        }
        return [
            [.key("model")], [.key("journal"), .key("path")],
            [.key("access"), .key(serverKeyName)],
            [.key("access"), .key("keys")], [.key("http"), .key("token_file")],
        ] + tables
    }

    private static let serverKeyName = "server_key"

    /// A `server_key` where the daemon connects may be the key itself.
    fileprivate static func isPublicKey(_ text: String, at path: [ConfigurationStep]) -> Bool {
        path.count == 3 && CurvePublicKey(text: text) != nil
    }

    /// The default inputs and outputs, each with the keys that differ from those of an empty table.
    static var defaultTables: ConfigurationValue {
        .table([
            .init(key: "input", value: tables(Input.defaults, Input.codec)),
            .init(key: "output", value: tables(Output.defaults, Output.codec)),
        ])
    }

    private static func tables<Table: ConfigurationSection>(
        _ tables: [Table], _ codec: ConfigurationCodec<Table>
    ) -> ConfigurationValue {
        guard case .table(let usual) = codec.encode(Table()) else { return .list([]) }
        return .list(
            tables.map { table in
                guard case .table(let entries) = codec.encode(table) else { return .table([]) }
                return .table(entries.filter { usual.value(of: $0.key) != $0.value })
            })
    }
}
