/// The keys that a codec knows, without their values.
package indirect enum ConfigurationShape {
    /// A value without keys of its own, and whether it may be this one.
    case value(accepts: (ConfigurationValue) -> Bool)
    case list(ConfigurationShape)
    /// - Parameter orFlag: `true` or `false` may be in its place.
    case table([Key], orFlag: Bool)

    package struct Key {
        package let name: String
        /// Whether a running program takes a new value.
        package let isLive: Bool
        package let shape: ConfigurationShape
    }

    /// The keys below it of which a running program takes new values, without indices.
    package var liveKeys: [String] { liveKeys("") }

    private func liveKeys(_ path: String) -> [String] {
        keys.flatMap { key in
            let path = path.isEmpty ? key.name : "\(path).\(key.name)"
            return (key.isLive ? [path] : []) + (key.shape.element ?? key.shape).liveKeys(path)
        }
    }

    /// A table in whose place a flag may be.
    var orFlag: Self {
        if case .table(let keys, _) = self { .table(keys, orFlag: true) } else { self }
    }

    /// The elements of an array; nil for anything else.
    var element: ConfigurationShape? { if case .list(let element) = self { element } else { nil } }

    /// The keys of a table; none for anything else.
    var keys: [Key] { if case .table(let keys, _) = self { keys } else { [] } }
}

/// The way to a key: `input[1].bind` is `input`, 1, `bind`.
package enum ConfigurationStep: Equatable, Sendable {
    case key(String)
    case index(Int)
}

extension [ConfigurationStep] {
    /// As errors write it.
    package var text: String {
        reduce(into: "") { text, step in
            switch step {
            case .key(let name): text += text.isEmpty ? name : ".\(name)"
            case .index(let index): text += "[\(index)]"
            }
        }
    }
}
