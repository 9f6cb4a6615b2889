import NearestName

extension ConfigurationCodec {
    /// Accepts this value, or `word` for nil.
    package func orNil(_ word: String) -> ConfigurationCodec<Value?> {
        ConfigurationCodec<Value?>(
            decode: { value, path, problems in
                if value == .text(word) { return .some(nil) }
                let count = problems.count
                if let result = decode(value, path, &problems) { return .some(result) }
                for index in count..<problems.count {
                    problems[index] = problems[index].adding(", or \"\(word)\"")
                }
                return nil
            }, encode: { $0.map(encode) ?? .text(word) })
    }

    /// Accepts this table, `true` for `enabled`, or `false` for nil.
    package func orFalse(enabled: Value) -> ConfigurationCodec<Value?> {
        ConfigurationCodec<Value?>(
            shape: shape.orFlag,
            decode: { value, path, problems in
                switch value {
                case .flag(false): .some(nil)
                case .flag(true): .some(enabled)
                default: decode(value, path, &problems).map { .some($0) }
                }
            }, encode: { $0.map(encode) ?? .flag(false) })
    }

    package static func list<Element>(
        of element: ConfigurationCodec<Element>
    ) -> Self where Value == [Element] {
        Self(
            shape: .list(element.shape),
            decode: { value, path, problems in
                guard case .list(let values) = value else {
                    problems.append(.init(path, "found \(value.summary); expected an array"))
                    return nil
                }
                let elements = values.enumerated().map { index, value in
                    element.decode(value, "\(path)[\(index)]", &problems)
                }
                let decoded = elements.compactMap(\.self)
                return decoded.count == elements.count ? decoded : nil
            }, encode: { .list($0.map(element.encode)) })
    }

    /// A table with these keys and no others. Missing keys have the values of `defaults`.
    package static func table(_ defaults: Value, _ fields: [ConfigurationField<Value>]) -> Self {
        Self(
            shape: .table(
                fields.map { .init(name: $0.key, isLive: $0.isLive, shape: $0.shape) },
                orFlag: false),
            decode: { value, path, problems in
                guard case .table(let entries) = value else {
                    problems.append(.init(path, "found \(value.summary); expected a table"))
                    return nil
                }
                var section = defaults
                noteUnknown(entries, fields.map(\.key), path, &problems)
                for field in fields { field.read(from: entries, path, &section, &problems) }
                return section
            },
            encode: { section in
                .table(
                    fields.compactMap { field in
                        field.write(section).map { .init(key: field.key, value: $0) }
                    })
            })
    }

    private static func noteUnknown(
        _ entries: [ConfigurationValue.Entry], _ known: [String], _ path: String,
        _ problems: inout [ConfigurationError.Problem]
    ) {
        for entry in entries where !known.contains(entry.key) {
            let advice =
                nearestName(to: entry.key, among: known).map { "did you mean '\($0)'?" }
                ?? "known here: \(known.joined(separator: ", "))"
            problems.append(.init(joined(path, entry.key), "unknown key; \(advice)"))
        }
    }
}

extension ConfigurationField {
    fileprivate func read(
        from entries: [ConfigurationValue.Entry], _ path: String, _ section: inout Section,
        _ problems: inout [ConfigurationError.Problem]
    ) {
        let path = joined(path, key)
        guard let value = entries.first(where: { $0.key == key })?.value else {
            if isRequired { problems.append(.init(path, "is missing")) }
            return
        }
        guard applies(section) else {
            return problems.append(.init(path, "has no meaning \(context)"))
        }
        read(value, path, &section, &problems)
    }
}

private func joined(_ path: String, _ key: String) -> String {
    path.isEmpty ? key : "\(path).\(key)"
}

extension ConfigurationError.Problem {
    fileprivate func adding(_ more: String) -> Self {
        var problem = Self(key, text + more, position: position)
        problem.involves = involves
        return problem
    }
}
