import FoundationEssentials
import StrictJSON

/// The answer to a control request: one JSON object, and after it for `get` the snapshot, for
/// `backfill` events.
///
///     {"v":1,"id":7,"ok":true,"result":{…}}
///     {"v":1,"id":null,"ok":false,"code":"no_such_stream","reason":"…"}
package struct ControlReply: Sendable {
    /// The request's own number.
    package var id: UInt64?
    /// One JSON value.
    package var outcome: Result<[UInt8], ControlRefusal>
    /// The frames after the JSON object.
    package var payload: [[UInt8]]

    package init(
        id: UInt64?, _ outcome: Result<[UInt8], ControlRefusal>, payload: [[UInt8]] = []
    ) {
        self.id = id
        self.outcome = outcome
        self.payload = payload
    }

    /// The frames after the envelope.
    package var frames: [[UInt8]] { [json] + payload }

    private var json: [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendJSON("{\"v\":1,\"id\":")
        bytes.appendJSON(id)
        switch outcome {
        case .success(let result):
            bytes.appendJSON(",\"ok\":true,\"result\":")
            bytes += result
        case .failure(let refusal):
            bytes.appendJSON(",\"ok\":false,\"code\":", string: refusal.code)
            bytes.appendJSON(",\"reason\":", string: refusal.reason)
        }
        bytes.appendJSON("}")
        return bytes
    }
}

/// An answer that does not come from a control socket.
package struct MalformedControlReply: Error, Equatable, CustomStringConvertible {
    package init() {}

    package var description: String {
        "the answer does not come from a control socket; expected a JSON object with \"v\" 1"
    }
}

extension ControlReply {
    /// Reads the frames after the envelope.
    ///
    /// - Throws: `MalformedControlReply`.
    package init(frames: [[UInt8]]) throws(MalformedControlReply) {
        guard let first = frames.first,
            let head = try? JSONDecoder().decode(Head.self, from: Data(first)), head.v == 1
        else { throw MalformedControlReply() }
        id = head.id
        payload = Array(frames.dropFirst())
        if head.ok {
            outcome = .success(first)
        } else {
            guard let code = head.code, let reason = head.reason else {
                throw MalformedControlReply()
            }
            outcome = .failure(ControlRefusal(code, reason))
        }
    }

    private struct Head: Decodable {
        let v: Int
        let id: UInt64?
        let ok: Bool
        let code: String?
        let reason: String?
    }

    private struct Body<Value: Decodable>: Decodable { let result: Value }

    /// The result of a received answer, as what it was asked for.
    ///
    /// - Throws: `ControlRefusal`, `MalformedControlReply`.
    package func result<Value: Decodable>(as type: Value.Type) throws -> Value {
        let json = try outcome.get()
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let body = try? decoder.decode(Body<Value>.self, from: Data(json)) else {
            throw MalformedControlReply()
        }
        return body.result
    }
}

extension Encodable {
    /// As results are written: keys in snake case and in alphabetical order.
    package func controlJSON(pretty: Bool = false) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return Array(try encoder.encode(self))
    }
}
