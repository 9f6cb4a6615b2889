/// How one kind of value is read from a configuration and written into it.
///
/// Reading notes every problem and goes on, so that one look at the errors shows them all.
package struct ConfigurationCodec<Value> {
    /// Nil if a problem was noted. The string is the key's path.
    package let decode: (ConfigurationValue, String, inout [ConfigurationError.Problem]) -> Value?
    package let encode: (Value) -> ConfigurationValue

    package init(
        decode:
            @escaping (ConfigurationValue, String, inout [ConfigurationError.Problem]) -> Value?,
        encode: @escaping (Value) -> ConfigurationValue
    ) {
        self.decode = decode
        self.encode = encode
    }

    /// - Parameter read: nil for what is no such value; the expectation then tells what one is.
    package init(
        expecting expectation: String, read: @escaping (ConfigurationValue) -> Value?,
        encode: @escaping (Value) -> ConfigurationValue
    ) {
        self.encode = encode
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
    /// Whether the key means something in this section, given the keys before it.
    package let applies: (Section) -> Bool
    /// What the section is where the key means nothing: "for this type of socket".
    package let context: String
    package let read:
        (ConfigurationValue, String, inout Section, inout [ConfigurationError.Problem]) -> Void
    /// Nil to leave the key out.
    package let write: (Section) -> ConfigurationValue?

    package init<Value>(
        _ key: String, _ member: WritableKeyPath<Section, Value>,
        _ codec: ConfigurationCodec<Value>, isRequired: Bool = false,
        applies: @escaping (Section) -> Bool = { _ in true }, context: String = "here"
    ) {
        self.context = context
        self.key = key
        self.isRequired = isRequired
        self.applies = applies
        read = { value, path, section, problems in
            guard let value = codec.decode(value, path, &problems) else { return }
            section[keyPath: member] = value
        }
        write = { applies($0) ? codec.encode($0[keyPath: member]) : nil }
    }

    /// A key that is left out for nil.
    package init<Value>(
        _ key: String, optional member: WritableKeyPath<Section, Value?>,
        _ codec: ConfigurationCodec<Value>
    ) {
        self.key = key
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
