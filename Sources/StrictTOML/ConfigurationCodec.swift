/// Decodes one kind of value from a configuration, and encodes it.
///
/// Decoding records every problem and continues, so that all problems are reported at once.
package struct ConfigurationCodec<Value> {
    /// Returns nil if it recorded a problem. The string is the key's path.
    package let decode: (ConfigurationValue, String, inout [ConfigurationError.Problem]) -> Value?
    package let encode: (Value) -> ConfigurationValue
    /// The keys below this value, if it has any.
    package let shape: ConfigurationShape

    /// - Parameter shape: nil for a value without keys.
    package init(
        shape: ConfigurationShape? = nil,
        decode:
            @escaping (ConfigurationValue, String, inout [ConfigurationError.Problem]) -> Value?,
        encode: @escaping (Value) -> ConfigurationValue
    ) {
        self.decode = decode
        self.encode = encode
        self.shape =
            shape
            ?? .value { value in
                var problems: [ConfigurationError.Problem] = []
                return decode(value, "", &problems) != nil
            }
    }

    /// - Parameter read: returns nil for an invalid value. The error then contains the expectation.
    package init(
        expecting expectation: String, read: @escaping (ConfigurationValue) -> Value?,
        encode: @escaping (Value) -> ConfigurationValue
    ) {
        self.encode = encode
        shape = .value { read($0) != nil }
        decode = { value, path, problems in
            if let result = read(value) { return result }
            problems.append(.init(path, "found \(value.summary); expected \(expectation)"))
            return nil
        }
    }
}

/// One key of a section.
package struct ConfigurationField<Section> {
    package let key: String
    package let isRequired: Bool
    /// Whether the key applies to this section, given the keys before it.
    package let applies: (Section) -> Bool
    /// The case in which the key does not apply: "for this type of socket".
    package let context: String
    package let read:
        (ConfigurationValue, String, inout Section, inout [ConfigurationError.Problem]) -> Void
    /// Returns nil to omit the key.
    package let write: (Section) -> ConfigurationValue?
    package let shape: ConfigurationShape
    /// Whether a running program takes a new value.
    package private(set) var isLive = false

    /// The same key, of which a running program takes a new value.
    package var live: Self {
        var field = self
        field.isLive = true
        return field
    }

    package init<Value>(
        _ key: String, _ member: WritableKeyPath<Section, Value>,
        _ codec: ConfigurationCodec<Value>, isRequired: Bool = false,
        applies: @escaping (Section) -> Bool = { _ in true }, context: String = "here"
    ) {
        self.context = context
        self.key = key
        shape = codec.shape
        self.isRequired = isRequired
        self.applies = applies
        read = { value, path, section, problems in
            guard let value = codec.decode(value, path, &problems) else { return }
            section[keyPath: member] = value
        }
        write = { applies($0) ? codec.encode($0[keyPath: member]) : nil }
    }

    /// A key that is omitted for nil.
    package init<Value>(
        _ key: String, optional member: WritableKeyPath<Section, Value?>,
        _ codec: ConfigurationCodec<Value>
    ) {
        self.key = key
        shape = codec.shape
        isRequired = false
        applies = { _ in true }
        context = "here"
        read = { value, path, section, problems in
            guard let value = codec.decode(value, path, &problems) else { return }
            section[keyPath: member] = value
        }
        write = { $0[keyPath: member].map(codec.encode) }
    }

    /// A key that has `word` for nil.
    package init<Value>(
        _ key: String, _ member: WritableKeyPath<Section, Value?>,
        _ codec: ConfigurationCodec<Value>, or word: String
    ) {
        self.init(key, member, codec.orNil(word))
    }

    /// A key that has `false` for nil, and `true` for `enabled`.
    package init<Value>(
        _ key: String, _ member: WritableKeyPath<Section, Value?>,
        _ codec: ConfigurationCodec<Value>, enabled: Value
    ) {
        self.init(key, member, codec.orFalse(enabled: enabled))
    }
}
