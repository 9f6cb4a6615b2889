import StrictJSON

// MARK: Reading

extension ControlRequest {
    /// Bytes of the largest request that is looked at.
    package static let longest = 4096

    /// The operations by name, each with the keys that it may have besides `op` and `id`.
    private static let keys: [(name: String, keys: [String])] = [
        ("status", []), ("list", ["prefix", "after", "limit", "ended"]), ("show", ["stream"]),
        ("get", ["stream"]), ("put", ["as", "replace"]), ("reset", ["stream"]),
        ("end", ["stream"]), ("flush", ["stream"]),
    ]

    /// - Throws: `ControlRefusal` with code `request`, or `stream_id` for a name that cannot be.
    package init(json: [UInt8]) throws(ControlRefusal) {
        guard json.count <= Self.longest else {
            throw .request("has \(json.count) bytes; expected at most \(Self.longest)")
        }
        guard let value = try? JSONParser.parse(json[...]), case .object(let members) = value
        else { throw .request("is not one JSON object with each key once") }
        var fields = ControlFields(members)
        id = try fields.takeNumber("id", 0...UInt64.max)
        let name = try fields.takeText("op")
        let known = Self.keys.map(\.name).joined(separator: ", ")
        guard let name else { throw .request("has no \"op\"; expected one of \(known)") }
        guard let (_, keys) = Self.keys.first(where: { $0.name == name }) else {
            throw .request("has the unknown op \"\(name.prefix(40))\"; expected one of \(known)")
        }
        try fields.check(allowing: keys, of: name)
        operation = try Self.operation(name, &fields)
    }

    /// The number of a request that may be refused for another reason.
    package static func id(in json: [UInt8]) -> UInt64? {
        guard json.count <= longest, let value = try? JSONParser.parse(json[...]),
            case .object(let members) = value
        else { return nil }
        var fields = ControlFields(members)
        return try? fields.takeNumber("id", 0...UInt64.max)
    }

    private static func operation(
        _ name: String, _ fields: inout ControlFields
    ) throws(ControlRefusal) -> Operation {
        switch name {
        case "status": return .status
        case "list": return .list(try ControlList(&fields))
        case "put":
            return .put(
                as: try fields.takeStream("as"), replace: try fields.takeFlag("replace") ?? false)
        default: break
        }
        guard let stream = try fields.takeStream("stream") else {
            throw .request("has no \"stream\"; op \(name) is about one")
        }
        switch name {
        case "show": return .show(stream)
        case "get": return .get(stream)
        case "reset": return .reset(stream)
        case "end": return .end(stream)
        default: return .flush(stream)
        }
    }
}

extension ControlList {
    fileprivate init(_ fields: inout ControlFields) throws(ControlRefusal) {
        prefix = try fields.takeText("prefix") ?? prefix
        after = try fields.takeText("after")
        let limits = UInt64(Self.limits.lowerBound)...UInt64(Self.limits.upperBound)
        limit = try fields.takeNumber("limit", limits).map { Int($0) } ?? limit
        includesEnded = try fields.takeFlag("ended") ?? includesEnded
    }
}

extension ControlRefusal {
    fileprivate static func request(_ found: String) -> ControlRefusal {
        ControlRefusal(Code.request, "the request " + found)
    }
}

/// Keys of a request that have not been read yet.
private struct ControlFields {
    private var rest: [JSONValue.Member]

    init(_ members: [JSONValue.Member]) { rest = members }

    func check(allowing keys: [String], of name: String) throws(ControlRefusal) {
        guard let key = rest.first(where: { !keys.contains($0.key) })?.key else { return }
        let known = (["op", "id"] + keys).map { "\"\($0)\"" }.joined(separator: ", ")
        throw .request("has the unknown key \"\(key.prefix(40))\"; op \(name) has \(known)")
    }

    private mutating func take(_ key: String) -> JSONValue? {
        guard let index = rest.firstIndex(where: { $0.key == key }) else { return nil }
        return rest.remove(at: index).value
    }

    mutating func takeText(_ key: String) throws(ControlRefusal) -> String? {
        switch take(key) {
        case nil: return nil
        case .string(let text): return text
        case let other?: throw wrong(key, other, "a string")
        }
    }

    mutating func takeFlag(_ key: String) throws(ControlRefusal) -> Bool? {
        switch take(key) {
        case nil: return nil
        case .bool(let flag): return flag
        case let other?: throw wrong(key, other, "true or false")
        }
    }

    mutating func takeNumber(
        _ key: String, _ range: ClosedRange<UInt64>
    ) throws(ControlRefusal) -> UInt64? {
        guard let value = take(key) else { return nil }
        guard case .number(let digits) = value, let number = UInt64(digits),
            range.contains(number)
        else {
            throw wrong(
                key, value, "an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    mutating func takeStream(_ key: String) throws(ControlRefusal) -> StreamID? {
        guard let name = try takeText(key) else { return nil }
        do throws(Refusal) {
            return try StreamID(name)
        } catch {
            throw ControlRefusal(error)
        }
    }

    private func wrong(_ key: String, _ value: JSONValue, _ expected: String) -> ControlRefusal {
        .request("has \(value.summary.prefix(60)) for \"\(key)\"; expected \(expected)")
    }
}

// MARK: Writing

extension ControlRequest {
    package var json: [UInt8] {
        var writer = ControlWriter()
        switch operation {
        case .status: writer.add("op", "status")
        case .list(let list):
            writer.add("op", "list")
            if !list.prefix.isEmpty { writer.add("prefix", list.prefix) }
            if let after = list.after { writer.add("after", after) }
            writer.add("limit", UInt64(list.limit))
            if list.includesEnded { writer.addTrue("ended") }
        case .put(let name, let replace):
            writer.add("op", "put")
            if let name { writer.add("as", name.text) }
            if replace { writer.addTrue("replace") }
        case .show(let stream): writer.add("show", of: stream)
        case .get(let stream): writer.add("get", of: stream)
        case .reset(let stream): writer.add("reset", of: stream)
        case .end(let stream): writer.add("end", of: stream)
        case .flush(let stream): writer.add("flush", of: stream)
        }
        if let id { writer.add("id", id) }
        return writer.finished
    }
}

private struct ControlWriter {
    private var bytes: [UInt8] = []

    var finished: [UInt8] { bytes + [UInt8(ascii: "}")] }

    mutating func add(_ operation: String, of stream: StreamID) {
        add("op", operation)
        add("stream", stream.text)
    }

    mutating func add(_ key: String, _ text: String) {
        addKey(key)
        bytes.appendJSON(string: text.utf8)
    }

    mutating func add(_ key: String, _ number: UInt64) {
        addKey(key)
        bytes.appendJSON(number)
    }

    mutating func addTrue(_ key: String) {
        addKey(key)
        bytes.appendJSON("true")
    }

    private mutating func addKey(_ key: String) {
        bytes.append(UInt8(ascii: bytes.isEmpty ? "{" : ","))
        bytes.appendJSON(string: key.utf8)
        bytes.append(UInt8(ascii: ":"))
    }
}
