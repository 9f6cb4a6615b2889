import FoundationEssentials

/// The optional last frame of an input message: one JSON object, every key optional.
///
///     {"op": "text" | "end" | "reset" | "flush", "more": false, "seq": 17, "time": 1764000000.25}
///
/// `seq` is an integer from 0 to 2^64 - 1, `time` seconds since 1970. Other keys are refused, so
/// that a misspelt one is not silently without effect.
package struct RequestHeader: Equatable, Sendable {
    package var operation = Request.Operation.text
    package var more: Bool?
    package var sequence: UInt64?
    package var time: Double?

    package init() {}

    /// - Throws: `Refusal` with code `header`, naming the key and what was expected of it.
    package init(json bytes: some Collection<UInt8>) throws(Refusal) {
        do {
            self = try JSONDecoder().decode(RequestHeader.self, from: Data(bytes))
        } catch let refusal as Refusal {
            throw refusal
        } catch let error as DecodingError {
            throw Self.refusal(error)
        } catch {
            throw Self.refusal("is not JSON")
        }
    }

    private static func refusal(_ error: DecodingError) -> Refusal {
        guard case .typeMismatch(_, let context) = error, let key = context.codingPath.last else {
            return refusal("is not one JSON object")
        }
        return refusal("has a value of the wrong type for \"\(key.stringValue)\"")
    }

    private static func refusal(_ found: String) -> Refusal {
        Refusal(
            .header,
            "the header \(found); expected a JSON object with \"op\" (text, end, reset or flush), "
                + "\"more\" (true or false), \"seq\" (integer from 0) and \"time\" (seconds), "
                + "each optional")
    }
}

extension RequestHeader: Decodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for key in container.allKeys {
            switch key.stringValue {
            case "op": operation = try Self.operation(container.decode(String.self, forKey: key))
            case "more": more = try container.decode(Bool.self, forKey: key)
            case "seq": sequence = try Self.sequence(in: container, key)
            case "time": time = try container.decode(Double.self, forKey: key)
            default: throw Self.refusal("has the unknown key \"\(key.stringValue.prefix(40))\"")
            }
        }
    }

    private static func operation(_ name: String) throws -> Request.Operation {
        guard let operation = Request.Operation(rawValue: name) else {
            throw refusal("has the unknown op \"\(name.prefix(40))\"")
        }
        return operation
    }

    /// A number that is no UInt64 is a decoding error of its own kind; it reads better as a type.
    private static func sequence(
        in container: KeyedDecodingContainer<Key>, _ key: Key
    ) throws -> UInt64 {
        do {
            return try container.decode(UInt64.self, forKey: key)
        } catch {
            throw refusal("has a value of the wrong type for \"seq\"")
        }
    }
}
