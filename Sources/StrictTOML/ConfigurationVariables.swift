import NearestName

/// Environment variables that override keys of a document: `SLUICE_ENGINE_THREADS` for
/// `engine.threads`, `SLUICE_INPUT_0_BIND` for `bind` of the first `[[input]]`.
///
/// A value is written as in TOML, or without the quotation marks; an array also as texts with commas
/// between them.
package struct ConfigurationVariables {
    private let prefix: String
    private let shape: ConfigurationShape

    /// A key that a variable has, with its value.
    package struct Override {
        package let variable: String
        package let path: [ConfigurationStep]
        package let value: ConfigurationValue

        fileprivate var numbers: [Int] {
            path.compactMap { if case .index(let index) = $0 { index } else { nil } }
        }
    }

    /// - Parameter prefix: such as `SLUICE`.
    package init(prefix: String, _ shape: ConfigurationShape) {
        self.prefix = prefix + "_"
        self.shape = shape
    }

    /// What the variables set, in the order of the tables' numbers, and the problems of those that
    /// name no key.
    ///
    /// - Parameter others: variables with the prefix that are something else.
    package func read(
        _ environment: [String: String], ignoring others: (String) -> Bool
    ) -> (overrides: [Override], problems: [ConfigurationError.Problem]) {
        var overrides: [Override] = []
        var problems: [ConfigurationError.Problem] = []
        for (name, text) in environment.sorted(by: { $0.key < $1.key })
        where name.hasPrefix(prefix) && !others(name) {
            if let (path, leaf) = find(name.dropFirst(prefix.count), in: shape, []) {
                overrides.append(
                    Override(variable: name, path: path, value: Self.value(text, leaf)))
            } else {
                problems.append(unknown(name))
            }
        }
        overrides.sort { $0.numbers.lexicographicallyPrecedes($1.numbers) }
        return (overrides, problems)
    }

    // MARK: Names

    private typealias Found = (path: [ConfigurationStep], leaf: ConfigurationShape)

    /// The key that has this name, below a shape.
    private func find(
        _ name: Substring, in shape: ConfigurationShape, _ path: [ConfigurationStep]
    ) -> Found? {
        for key in shape.keys {
            let path = path + [.key(key.name)]
            let word = key.name.uppercased()
            if name == word, key.shape.isLeaf { return (path, key.shape) }
            guard name.hasPrefix(word + "_") else { continue }
            let rest = name.dropFirst(word.count + 1)
            if let found = find(rest, below: key.shape, path) { return found }
        }
        return nil
    }

    private func find(
        _ name: Substring, below shape: ConfigurationShape, _ path: [ConfigurationStep]
    ) -> Found? {
        guard let element = shape.element else { return find(name, in: shape, path) }
        let digits = name.prefix { $0.isASCII && $0.isNumber }
        guard let index = Int(digits), name.dropFirst(digits.count).first == "_" else { return nil }
        return find(name.dropFirst(digits.count + 1), in: element, path + [.index(index)])
    }

    private func unknown(_ name: String) -> ConfigurationError.Problem {
        let index = name.split(separator: "_").first { Int($0) != nil }.map(String.init) ?? "0"
        let nearest = nearestName(to: name, among: names(of: shape, prefix, index: index))
        var problem = ConfigurationError.Problem(
            "", "no key has this variable" + (nearest.map { "; did you mean \($0)?" } ?? ""))
        problem.source = name
        return problem
    }

    /// The names of all variables, with one index for all arrays.
    private func names(
        of shape: ConfigurationShape, _ prefix: String, index: String
    ) -> [String] {
        shape.keys.flatMap { key in
            let name = prefix + key.name.uppercased()
            let below =
                key.shape.element.map { names(of: $0, "\(name)_\(index)_", index: index) }
                ?? names(of: key.shape, name + "_", index: index)
            return (key.shape.isLeaf ? [name] : []) + below
        }
    }

    // MARK: Values

    /// The first of the ways to read the text that the key accepts.
    private static func value(_ text: String, _ leaf: ConfigurationShape) -> ConfigurationValue {
        let literal = literal(text)
        switch leaf {
        case .value(let accepts):
            let candidates = [literal, .text(text)].compactMap(\.self)
            return candidates.first(where: accepts) ?? candidates[0]
        case .list(let element):
            if case .list? = literal { return literal ?? .list([]) }
            let parts = text.split(separator: ",").map { $0.trimmingSpaces }
            return .list(parts.map { value($0, element) })
        case .table: return literal ?? .text(text)
        }
    }

    /// The text as a value of TOML; nil if it is none.
    private static func literal(_ text: String) -> ConfigurationValue? {
        guard case .table(let entries)? = try? ConfigurationValue.parse("value = \(text)\n"),
            entries.count == 1, entries[0].key == "value"
        else { return nil }
        return entries[0].value
    }
}

extension ConfigurationShape {
    /// Whether a variable can have its whole value.
    fileprivate var isLeaf: Bool {
        switch self {
        case .value: true
        case .list(let element): if case .value = element { true } else { false }
        case .table(_, let orFlag): orFlag
        }
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        var text = drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
