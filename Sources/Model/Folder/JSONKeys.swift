import NearestName
import StrictJSON

/// The keys of one JSON object, read strictly; refusals name the file and the key's full path.
struct JSONKeys {
    let file: String
    private let prefix: String
    private let members: [JSONValue.Member]

    /// Refuses a value that is no object, and keys that are not `known`. A null counts as absent.
    init(
        _ value: JSONValue, known: [String], file: String, path: String = ""
    ) throws(ModelError) {
        self.file = file
        prefix = path.isEmpty ? "" : path + "."
        guard case .object(let members) = value else {
            throw ModelError(
                .wrongValue, file: file, part: path.isEmpty ? nil : path, found: value.summary,
                expected: "an object")
        }
        self.members = members.filter { $0.value != .null }
        if let unknown = members.first(where: { !known.contains($0.key) }) {
            let nearest = nearestName(to: unknown.key, among: known).map { "\($0) (the nearest)" }
            throw ModelError(
                .unknownKey, file: file, part: prefix + unknown.key, found: "an unknown key",
                expected: nearest ?? "one of " + known.joined(separator: ", "))
        }
    }

    func has(_ key: String) -> Bool { members.contains { $0.key == key } }

    func error(_ key: String, _ code: ModelError.Code, expected: String) -> ModelError {
        let found = members.first { $0.key == key }?.value.summary ?? "nothing"
        return ModelError(code, file: file, part: prefix + key, found: found, expected: expected)
    }

    private func value(_ key: String, _ expected: String) throws(ModelError) -> JSONValue {
        guard let member = members.first(where: { $0.key == key }) else {
            throw error(key, .missingKey, expected: expected)
        }
        return member.value
    }

    func string(_ key: String) throws(ModelError) -> String {
        guard case .string(let text) = try value(key, "a string") else {
            throw error(key, .wrongValue, expected: "a string")
        }
        return text
    }

    func bool(_ key: String) throws(ModelError) -> Bool {
        guard case .bool(let flag) = try value(key, "true or false") else {
            throw error(key, .wrongValue, expected: "true or false")
        }
        return flag
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(ModelError) -> Int {
        let upper = range.upperBound == Int.max ? "up" : "to \(range.upperBound)"
        let expected = "an integer from \(range.lowerBound) \(upper)"
        guard let integer = try value(key, expected).integer, range.contains(integer) else {
            throw error(key, .wrongValue, expected: expected)
        }
        return integer
    }

    /// An array of integers from 0 up.
    func sizes(_ key: String) throws(ModelError) -> [Int] {
        let expected = "an array of integers from 0 up"
        guard case .array(let elements) = try value(key, expected) else {
            throw error(key, .wrongValue, expected: expected)
        }
        let sizes = elements.compactMap(\.integer).filter { $0 >= 0 }
        guard sizes.count == elements.count else {
            throw error(key, .wrongValue, expected: expected)
        }
        return sizes
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String
    ) throws(ModelError) -> Choice {
        let names = Choice.allCases.map(\.rawValue)
        let expected = "one of " + names.joined(separator: ", ")
        guard case .string(let text) = try value(key, expected), let choice = Choice(rawValue: text)
        else {
            throw error(key, .wrongValue, expected: expected)
        }
        return choice
    }

    func object(_ key: String, known: [String]) throws(ModelError) -> JSONKeys {
        try JSONKeys(value(key, "an object"), known: known, file: file, path: prefix + key)
    }
}
