package import Names
import StrictJSON

/// The optional last frame of an input message: one JSON object, every key optional.
///
///     {"op": "text" | "end" | "reset" | "flush", "more": false, "seq": 17, "producer": "sensor 3",
///      "last": false, "time": 1764000000.25}
///
/// `seq` is an integer from 0 to 2^64 - 1, `producer` up to 200 bytes without control characters,
/// `last` comes with `seq` only, `time` is seconds since 1970. Other keys are refused, so that a
/// misspelt one is not ignored silently.
package struct RequestHeader: Equatable, Sendable {
    package var operation = Request.Operation.text
    package var more: Bool?
    package var sequence: UInt64?
    package var producer: Name = ""
    /// The producer sends no more under this name.
    package var isLast = false
    package var time: Double?

    package init() {}

    /// Bytes of the longest name of a producer.
    package static let longestProducer = 200
    /// Bytes of the largest header that is parsed.
    private static let longest = 4096

    /// - Throws: `Refusal` with code `header`, naming the key and what was expected of it.
    package init(json bytes: [UInt8]) throws(Refusal) {
        guard bytes.count <= Self.longest else {
            throw Self.refusal("has \(bytes.count) bytes, over \(Self.longest)")
        }
        guard let value = try? JSONParser.parse(bytes[...]), case .object = value
        else { throw Self.refusal("is not one JSON object with each key once") }
        try read(JSONObject(value) { Self.refusal($0) })
        guard !isLast || sequence != nil else {
            throw Self.refusal("has \"last\" without \"seq\"")
        }
    }

    /// The number in a header that may be refused for another reason, so that the
    /// answer can name it.
    package static func sequence(in json: [UInt8]) -> UInt64? {
        guard json.count <= longest, let value = try? JSONParser.parse(json[...]),
            case .object(let members) = value,
            case .number(let digits)? = members.first(where: { $0.key == "seq" })?.value
        else { return nil }
        return UInt64(digits)
    }

    /// Whether this may be the name of a producer.
    package static func isProducer(_ name: String) -> Bool {
        name.utf8.count <= longestProducer
            && !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    private static let keys = ["op", "more", "seq", "producer", "last", "time"]

    private mutating func read(_ object: JSONObject<Refusal>) throws(Refusal) {
        try object.checkKeys(Self.keys)
        if let name = try object.optional("op", object.string) {
            operation = try Self.operation(name)
        }
        more = try object.optional("more", object.bool)
        if object.has("seq") { sequence = try object.integer("seq", in: 0...UInt64.max) }
        if let name = try object.optional("producer", object.string) {
            producer = try Self.producer(name)
        }
        isLast = try object.optional("last", object.bool) ?? false
        time = try object.optional("time", object.number).map { digits throws(Refusal) in
            try Self.time(digits)
        }
    }

    private static func operation(_ name: String) throws(Refusal) -> Request.Operation {
        guard let operation = Request.Operation(rawValue: name), operation.isPublic else {
            throw refusal("has the unknown op \"\(name.prefix(40))\"")
        }
        return operation
    }

    private static func producer(_ name: String) throws(Refusal) -> Name {
        guard isProducer(name) else {
            throw refusal(
                "has a \"producer\" of \(name.utf8.count) bytes that is too long or has a "
                    + "control character")
        }
        return Name(name)
    }

    /// Beyond what a Double holds there is no time.
    private static func time(_ digits: String) throws(Refusal) -> Double {
        guard let time = Double(digits), time.isFinite else {
            throw refusal("has a \"time\" beyond all times, \(digits.prefix(40))")
        }
        return time
    }

    private static func refusal(_ error: JSONObjectError) -> Refusal {
        if case .unknownKey = error.kind {
            return refusal("has the unknown key \"\(error.path.prefix(40))\"")
        }
        return refusal("has a value of the wrong type for \"\(error.path)\"")
    }

    private static func refusal(_ found: String) -> Refusal {
        Refusal(
            .header,
            "the header \(found); expected a JSON object with \"op\" (text, end, reset or flush), "
                + "\"more\" (true or false), \"seq\" (integer from 0), \"producer\" (up to "
                + "\(longestProducer) bytes without control characters), \"last\" (true or false; "
                + "with \"seq\") and \"time\" (seconds), each optional")
    }
}
