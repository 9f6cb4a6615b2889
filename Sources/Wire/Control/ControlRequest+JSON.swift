import StrictJSON

// MARK: Reading

extension ControlRequest {
    /// Bytes of the largest request that is looked at.
    package static let longest = 4096

    /// The operations by name, each with the keys that it may have besides `op` and `id`.
    private static let keys: [(name: String, keys: [String])] = [
        ("status", []), ("list", ["prefix", "after", "limit", "ended"]), ("show", ["stream"]),
        ("get", ["stream"]), ("put", ["as", "replace"]), ("reset", ["stream"]),
        ("end", ["stream"]), ("flush", ["stream"]), ("position", ControlPosition.keys),
        ("backfill", ControlPosition.keys + ["ranges", "limit"]), ("evict", ["stream"]),
        ("checkpoint", []), ("connections", []), ("kick", ["connection"]), ("drain", []),
        ("lame_duck", ["seconds"]), ("reload", []), ("log_level", ["level"]),
    ]

    /// - Throws: `ControlRefusal` with code `request`, or `stream_id` for a name that cannot be.
    package init(json: [UInt8]) throws(ControlRefusal) {
        guard json.count <= Self.longest else {
            throw .request("has \(json.count) bytes; expected at most \(Self.longest)")
        }
        let fields = try Fields(request: json)
        id = try fields.optional("id", fields.number)
        let known = Self.keys.map(\.name).joined(separator: ", ")
        guard let name = try fields.optional("op", fields.string) else {
            throw .request("has no \"op\"; expected one of \(known)")
        }
        guard let (_, keys) = Self.keys.first(where: { $0.name == name }) else {
            throw .request("has the unknown op \"\(name.prefix(40))\"; expected one of \(known)")
        }
        try fields.checkKeys(["op", "id"] + keys)
        operation = try Self.operation(name, fields)
    }

    /// The number of a request that may be refused for another reason.
    package static func id(in json: [UInt8]) -> UInt64? {
        guard json.count <= longest, let fields = try? Fields(request: json) else { return nil }
        return try? fields.number("id")
    }

    private typealias Fields = JSONObject<ControlRefusal>

    private static func operation(
        _ name: String, _ fields: Fields
    ) throws(ControlRefusal) -> Operation {
        switch name {
        case "status": return .status
        case "reload": return .reload
        case "checkpoint": return .checkpoint
        case "connections": return .connections
        case "drain": return .drain
        case "kick":
            guard let id = try fields.optional("connection", fields.number) else {
                throw .request("has no \"connection\"; op kick is about one")
            }
            return .kick(id)
        case "lame_duck":
            let limits = ControlRequest.lameDuckSeconds
            return .lameDuck(
                seconds: fields.has("seconds")
                    ? try fields.integer("seconds", in: limits)
                    : ControlRequest.usualLameDuckSeconds)
        case "log_level": return .logLevel(try fields.level())
        case "list": return .list(try ControlList(fields))
        case "put":
            return .put(
                as: try fields.optional("as", fields.stream),
                replace: try fields.optional("replace", fields.bool) ?? false)
        default: break
        }
        guard let stream = try fields.optional("stream", fields.stream) else {
            throw .request("has no \"stream\"; op \(name) is about one")
        }
        switch name {
        case "show": return .show(stream)
        case "get": return .get(stream)
        case "reset": return .reset(stream)
        case "end": return .end(stream)
        case "evict": return .evict(stream)
        case "position": return .position(try ControlPosition(stream, fields))
        case "backfill": return .backfill(try ControlBackfill(stream, fields))
        default: return .flush(stream)
        }
    }
}

extension ControlList {
    fileprivate init(_ fields: JSONObject<ControlRefusal>) throws(ControlRefusal) {
        prefix = try fields.optional("prefix", fields.string) ?? prefix
        after = try fields.optional("after", fields.string)
        if fields.has("limit") { limit = try fields.integer("limit", in: Self.limits) }
        includesEnded = try fields.optional("ended", fields.bool) ?? includesEnded
    }
}

extension ControlPosition {
    fileprivate static let keys = ["stream", "life", "output"]

    fileprivate init(
        _ stream: StreamID, _ fields: JSONObject<ControlRefusal>
    ) throws(ControlRefusal) {
        self.init(stream, incarnation: try fields.optional("life", fields.number))
        if fields.has("output") { output = try fields.integer("output", in: 0...Int.max) }
    }
}

extension ControlBackfill {
    fileprivate init(
        _ stream: StreamID, _ fields: JSONObject<ControlRefusal>
    ) throws(ControlRefusal) {
        let ranges = try fields.object("ranges")
        try ranges.checkKeys(EventKind.allCases.map(\.rawValue))
        self.init(try ControlPosition(stream, fields), ranges: [:])
        for kind in EventKind.allCases where ranges.has(kind.rawValue) {
            self.ranges[kind] = try ranges.value(
                kind.rawValue, "[from, to], two integers from 0, to null for an open end",
                Self.range)
        }
        if fields.has("limit") { limit = try fields.integer("limit", in: Self.limits) }
    }

    private static func range(_ value: JSONValue) -> Range<UInt64>? {
        guard let ends = value.array, ends.count == 2, let from = number(ends[0]),
            let to = ends[1] == .null ? UInt64.max : number(ends[1]), from <= to
        else { return nil }
        return from..<to
    }

    private static func number(_ value: JSONValue) -> UInt64? {
        if case .number(let digits) = value { UInt64(digits) } else { nil }
    }
}

extension ControlRefusal {
    fileprivate static func request(_ found: String) -> ControlRefusal {
        ControlRefusal(Code.request, "the request " + found)
    }
}

extension JSONObject<ControlRefusal> {
    fileprivate init(request json: [UInt8]) throws(ControlRefusal) {
        guard let value = try? JSONParser.parse(json[...]), case .object = value else {
            throw .request("is not one JSON object with each key once")
        }
        try self.init(value) { error in
            if case .unknownKey(let known) = error.kind {
                let known = known.map { "\"\($0)\"" }.joined(separator: ", ")
                return .request(
                    "has the unknown key \"\(error.path.prefix(40))\"; this op has \(known)")
            }
            return .request(
                "has \(error.found.prefix(60)) for \"\(error.path)\"; expected "
                    + error.expected)
        }
    }

    fileprivate func number(_ key: String) throws(ControlRefusal) -> UInt64 {
        try integer(key, in: 0...UInt64.max)
    }

    fileprivate func level() throws(ControlRefusal) -> ControlLogLevel {
        let known = ControlLogLevel.allCases.map(\.rawValue).joined(separator: ", ")
        guard let name = try optional("level", string) else {
            throw .request("has no \"level\"; expected one of \(known)")
        }
        guard let level = ControlLogLevel(rawValue: name) else {
            throw .request("has the unknown level \"\(name.prefix(40))\"; expected one of \(known)")
        }
        return level
    }

    fileprivate func stream(_ key: String) throws(ControlRefusal) -> StreamID {
        let name = try string(key)
        do throws(Refusal) {
            return try StreamID(name)
        } catch {
            throw ControlRefusal(error)
        }
    }
}

// MARK: Writing

extension ControlRequest {
    package var json: [UInt8] {
        var writer = ControlWriter()
        switch operation {
        case .status: writer.add("op", "status")
        case .evict(let stream): writer.add("evict", of: stream)
        case .checkpoint: writer.add("op", "checkpoint")
        case .connections: writer.add("op", "connections")
        case .kick(let id):
            writer.add("op", "kick")
            writer.add("connection", id)
        case .drain: writer.add("op", "drain")
        case .lameDuck(let seconds):
            writer.add("op", "lame_duck")
            writer.add("seconds", seconds)
        case .reload: writer.add("op", "reload")
        case .logLevel(let level):
            writer.add("op", "log_level")
            writer.add("level", level.rawValue)
        case .list(let list):
            writer.add("op", "list")
            if !list.prefix.isEmpty { writer.add("prefix", list.prefix) }
            if let after = list.after { writer.add("after", after) }
            writer.add("limit", UInt64(list.limit))
            if list.includesEnded { writer.addTrue("ended") }
        case .position(let place): writer.add("position", at: place)
        case .backfill(let backfill):
            writer.add("backfill", at: backfill.place)
            writer.add("ranges", backfill.ranges)
            writer.add("limit", UInt64(backfill.limit))
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

    var finished: [UInt8] {
        (bytes.isEmpty ? [UInt8(ascii: "{")] : bytes) + [UInt8(ascii: "}")]
    }

    mutating func add(_ operation: String, of stream: StreamID) {
        add("op", operation)
        add("stream", stream.text)
    }

    mutating func add(_ operation: String, at place: ControlPosition) {
        add(operation, of: place.stream)
        if let incarnation = place.incarnation { add("life", incarnation) }
        add("output", UInt64(place.output))
    }

    mutating func add(_ key: String, _ ranges: [EventKind: Range<UInt64>]) {
        addKey(key)
        var object = ControlWriter()
        for kind in EventKind.allCases {
            guard let range = ranges[kind] else { continue }
            object.addKey(kind.rawValue)
            let end = range.upperBound == .max ? nil : range.upperBound
            object.bytes.appendJSON("[")
            object.bytes.appendJSON(range.lowerBound)
            object.bytes.appendJSON(",")
            object.bytes.appendJSON(end)
            object.bytes.appendJSON("]")
        }
        bytes += object.finished
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
