import StrictJSON

/// Objects of a model's files. A null counts as absent.
extension JSONObject<ModelError> {
    /// Refuses a value that is no object, and keys that are not `known`.
    init(_ value: JSONValue, known: [String], file: String, path: String = "") throws(ModelError) {
        try self.init(value, path: path, ignoresNulls: true) { ModelError($0, file: file) }
        try checkKeys(known)
    }

    func object(_ key: String, known: [String]) throws(ModelError) -> Self {
        let object = try object(key)
        try object.checkKeys(known)
        return object
    }

    /// - Parameter found: the key's value by default.
    func error(
        _ key: String, _ code: ModelError.Code, found: String? = nil, expected: String
    ) -> ModelError {
        let error = error(key, expected: expected)
        return ModelError(
            code, file: error.file, part: error.part, found: found ?? error.found,
            expected: expected)
    }
}

extension ModelError {
    fileprivate init(_ error: JSONObjectError, file: String) {
        let part = error.path.isEmpty ? nil : error.path
        switch error.kind {
        case .unknownKey:
            self.init(
                .unknownKey, file: file, part: part, found: "an unknown key",
                expected: error.nearestKey.map { "\($0) (the nearest)" } ?? error.expected)
        case .missingKey:
            self.init(
                .missingKey, file: file, part: part, found: error.found, expected: error.expected)
        case .wrongValue:
            self.init(
                .wrongValue, file: file, part: part, found: error.found, expected: error.expected)
        }
    }
}
