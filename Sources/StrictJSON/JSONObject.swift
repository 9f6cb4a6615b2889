/// One JSON object, read strictly by key. Each error names the key with its path in the document, what
/// was found and what was expected.
package struct JSONObject<Failure: Error> {
    package let members: [JSONValue.Member]
    private let path: String
    private let ignoresNulls: Bool
    private let failure: (JSONObjectError) -> Failure

    /// - Parameters:
    ///   - path: of the value in its document.
    ///   - ignoresNulls: a key with the value null counts as absent.
    ///   - failure: the caller's own error.
    package init(
        _ value: JSONValue, path: String = "", ignoresNulls: Bool = false,
        failure: @escaping (JSONObjectError) -> Failure
    ) throws(Failure) {
        guard case .object(let members) = value else {
            throw failure(
                JSONObjectError(
                    .wrongValue, key: "", path: path, value: value, expected: "an object"))
        }
        self.members = ignoresNulls ? members.filter { $0.value != .null } : members
        self.path = path
        self.ignoresNulls = ignoresNulls
        self.failure = failure
    }

    package subscript(key: String) -> JSONValue? { members.first { $0.key == key }?.value }

    package func has(_ key: String) -> Bool { self[key] != nil }

    package func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// Refuses every key that is not `known`.
    package func checkKeys(_ known: [String]) throws(Failure) {
        guard let unknown = members.first(where: { !known.contains($0.key) }) else { return }
        throw failure(
            JSONObjectError(
                .unknownKey(known: known), key: unknown.key, path: path(of: unknown.key),
                value: unknown.value,
                expected: "one of " + known.joined(separator: ", ")))
    }

    /// The error of a key whose value is wrong or missing.
    package func error(_ key: String, expected: String) -> Failure {
        error(key, self[key], expected: expected)
    }

    /// - Parameter key: may also be an element's place, such as `merges[3]`.
    package func error(_ key: String, _ value: JSONValue?, expected: String) -> Failure {
        failure(
            JSONObjectError(
                value == nil ? .missingKey : .wrongValue, key: key, path: path(of: key),
                value: value, expected: expected))
    }

    // MARK: Values

    /// The value of a key that must be there, as `read` takes it; nil refuses it.
    package func value<Value>(
        _ key: String, _ expected: @autoclosure () -> String, _ read: (JSONValue) -> Value?
    ) throws(Failure) -> Value {
        guard let value = self[key].flatMap(read) else { throw error(key, expected: expected()) }
        return value
    }

    package func string(_ key: String) throws(Failure) -> String {
        try value(key, "a string", \.string)
    }

    package func bool(_ key: String) throws(Failure) -> Bool {
        try value(key, "true or false", \.bool)
    }

    package func array(_ key: String) throws(Failure) -> [JSONValue] {
        try value(key, "an array", \.array)
    }

    /// The digits as written.
    package func number(_ key: String) throws(Failure) -> String {
        try value(key, "a number") { if case .number(let digits) = $0 { digits } else { nil } }
    }

    package func integer<Number: FixedWidthInteger & LosslessStringConvertible>(
        _ key: String, in range: ClosedRange<Number>
    ) throws(Failure) -> Number {
        let upper = range.upperBound == .max ? "up" : "to \(range.upperBound)"
        return try value(key, "an integer from \(range.lowerBound) \(upper)") { value in
            guard case .number(let digits) = value, let number = Number(digits),
                range.contains(number)
            else { return nil }
            return number
        }
    }

    /// An array of integers from 0 up.
    package func sizes(_ key: String) throws(Failure) -> [Int] {
        try value(key, "an array of integers from 0 up") { value in
            guard let elements = value.array else { return nil }
            let sizes = elements.compactMap(\.integer).filter { $0 >= 0 }
            return sizes.count == elements.count ? sizes : nil
        }
    }

    package func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String
    ) throws(Failure) -> Choice {
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return try value(key, "one of \(names)") { $0.string.flatMap(Choice.init(rawValue:)) }
    }

    package func object(_ key: String) throws(Failure) -> JSONObject {
        try object(value(key, "an object") { $0 }, at: key)
    }

    /// A value of this object, such as an element of an array, as an object.
    package func object(_ value: JSONValue, at key: String) throws(Failure) -> JSONObject {
        try JSONObject(
            value, path: path(of: key), ignoresNulls: ignoresNulls, failure: failure)
    }

    /// Nil where there is no such key.
    package func optional<Value>(
        _ key: String, _ read: (String) throws(Failure) -> Value
    ) throws(Failure) -> Value? {
        has(key) ? try read(key) : nil
    }
}
