/// A key whose value differs between two configurations.
package struct ConfigurationChange: Equatable, Sendable {
    package let path: [ConfigurationStep]
    /// Whether a running program takes the new value.
    package var isLive: Bool

    package var key: String { path.text }
}

extension ConfigurationShape {
    /// The keys whose values differ. Where the number of tables in an array differs, it is the array.
    package func changes(
        from old: ConfigurationValue?, to new: ConfigurationValue?
    ) -> [ConfigurationChange] {
        changes(from: old, to: new, [], isLive: false)
    }

    private func changes(
        from old: ConfigurationValue?, to new: ConfigurationValue?, _ path: [ConfigurationStep],
        isLive: Bool
    ) -> [ConfigurationChange] {
        guard old != new else { return [] }
        switch (self, old, new) {
        case (.table(let keys, _), .table(let old)?, .table(let new)?):
            return keys.flatMap { key in
                key.shape.changes(
                    from: old.value(of: key.name), to: new.value(of: key.name),
                    path + [.key(key.name)], isLive: key.isLive)
            }
        case (.list(.table(let keys, let orFlag)), .list(let old)?, .list(let new)?)
        where old.count == new.count:
            return old.indices.flatMap { index in
                ConfigurationShape.table(keys, orFlag: orFlag).changes(
                    from: old[index], to: new[index], path + [.index(index)], isLive: isLive)
            }
        default: return [ConfigurationChange(path: path, isLive: isLive)]
        }
    }
}

extension [ConfigurationValue.Entry] {
    package func value(of key: String) -> ConfigurationValue? { first { $0.key == key }?.value }
}

extension ConfigurationValue {
    /// The value at a key; nil where there is none.
    package func value(at path: some Collection<ConfigurationStep>) -> ConfigurationValue? {
        guard let step = path.first else { return self }
        switch (step, self) {
        case (.key(let name), .table(let entries)):
            return entries.value(of: name)?.value(at: path.dropFirst())
        case (.index(let index), .list(let values)):
            return values.indices.contains(index) ? values[index].value(at: path.dropFirst()) : nil
        default: return nil
        }
    }

    /// Sets the value at a key, or with nil removes it. Tables on the way are made; an index may be
    /// that of a further element. False where something else is in the way.
    @discardableResult
    package mutating func set(
        _ value: ConfigurationValue?, at path: some Collection<ConfigurationStep>
    ) -> Bool {
        guard let step = path.first else {
            if let value { self = value }
            return true
        }
        let rest = path.dropFirst()
        switch (step, self) {
        case (.key(let name), .table(var entries)):
            guard Self.set(value, name, rest, in: &entries) else { return false }
            self = .table(entries)
        case (.index(let index), .list(var values)) where index <= values.count:
            if index == values.count { values.append(.table([])) }
            guard values[index].set(value, at: rest) else { return false }
            self = .list(values)
        default: return false
        }
        return true
    }

    private static func set(
        _ value: ConfigurationValue?, _ name: String, _ rest: some Collection<ConfigurationStep>,
        in entries: inout [Entry]
    ) -> Bool {
        let place = entries.firstIndex { $0.key == name }
        guard !rest.isEmpty || value != nil else {
            if let place { entries.remove(at: place) }
            return true
        }
        let isIndex = if case .index = rest.first { true } else { false }
        var inner = place.map { entries[$0].value } ?? (isIndex ? .list([]) : .table([]))
        guard inner.set(value, at: rest) else { return false }
        if let place {
            entries[place] = Entry(key: name, value: inner)
        } else {
            entries.append(Entry(key: name, value: inner))
        }
        return true
    }
}
