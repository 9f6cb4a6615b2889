import StrictJSON

/// An acknowledgement as it goes to the peer: its envelope, the stream id (empty where no stream
/// could be named) and one JSON object.
///
///     {"v": 1, "ack": "accepted" | "duplicate", "seq": 17}
///     {"v": 1, "ack": "refused", "seq": 17, "code": "header", "reason": "…"}
///
/// `seq` is null for a message that had none.
extension Acknowledgement {
    package var frames: [[UInt8]] { route.envelope + [stream?.utf8 ?? [], body] }

    private var body: [UInt8] {
        var body: [UInt8] = []
        body.appendJSON("{\"v\":1,\"ack\":")
        body.appendJSON(string: result.name.utf8)
        body.appendJSON(",\"seq\":")
        if let producerSequence {
            body.appendJSON(producerSequence)
        } else {
            body.appendJSON("null")
        }
        if case .refused(let refusal) = result {
            body.appendJSON(",\"code\":")
            body.appendJSON(string: refusal.code.rawValue.utf8)
            body.appendJSON(",\"reason\":")
            body.appendJSON(string: refusal.message.utf8)
        }
        body.appendJSON("}")
        return body
    }
}

extension Acknowledgement.Result {
    fileprivate var name: String {
        switch self {
        case .accepted: "accepted"
        case .duplicate: "duplicate"
        case .refused: "refused"
        }
    }
}

/// An acknowledgement as a publisher receives it, without its envelope.
package struct ReceivedAcknowledgement: Equatable, Sendable {
    /// Nil where no stream could be named.
    package let stream: StreamID?
    package let sequence: UInt64?
    package let result: Acknowledgement.Result

    /// Reads `stream id | body`.
    ///
    /// - Throws: `MalformedAcknowledgement`, also for keys that are not there to be ignored.
    package init(frames: [[UInt8]]) throws(MalformedAcknowledgement) {
        guard frames.count == 2 else {
            throw MalformedAcknowledgement(found: "\(frames.count) frames")
        }
        guard frames[0].isEmpty || (try? StreamID(utf8: frames[0])) != nil else {
            throw MalformedAcknowledgement(found: "no stream id in the first frame")
        }
        stream = try? StreamID(utf8: frames[0])
        guard let value = try? JSONParser.parse(frames[1][...]), case .object(let all) = value
        else { throw MalformedAcknowledgement(found: "a body that is not one JSON object") }
        var members = Members(all)
        guard members.take("v") == .number("1") else { throw .wrong("v") }
        result = try members.result()
        sequence = try members.sequence()
        if let key = members.rest.first?.key {
            throw MalformedAcknowledgement(found: "the unknown key \"\(key.prefix(40))\"")
        }
    }
}

/// An answer that is no acknowledgement, so whoever gave it is no acknowledged input.
package struct MalformedAcknowledgement: Error, Equatable, CustomStringConvertible {
    package let found: String

    package var description: String {
        "the answer is no acknowledgement: found \(found); expected a stream id and a JSON object "
            + "with \"v\" 1, \"ack\" (accepted, duplicate or refused), \"seq\", and of a refusal "
            + "\"code\" and \"reason\""
    }

    fileprivate static func wrong(_ key: String) -> Self {
        Self(found: "no \"\(key)\", or another value than it may have")
    }
}

/// Keys of a body that have not been read yet.
private struct Members {
    private(set) var rest: [JSONValue.Member]

    init(_ members: [JSONValue.Member]) { rest = members }

    mutating func take(_ key: String) -> JSONValue? {
        guard let index = rest.firstIndex(where: { $0.key == key }) else { return nil }
        return rest.remove(at: index).value
    }

    mutating func result() throws(MalformedAcknowledgement) -> Acknowledgement.Result {
        switch take("ack") {
        case .string("accepted"): return .accepted
        case .string("duplicate"): return .duplicate
        case .string("refused"): return .refused(try refusal())
        default: throw .wrong("ack")
        }
    }

    private mutating func refusal() throws(MalformedAcknowledgement) -> Refusal {
        guard case .string(let name) = take("code"), let code = Refusal.Code(rawValue: name)
        else { throw .wrong("code") }
        guard case .string(let reason) = take("reason") else { throw .wrong("reason") }
        return Refusal(code, reason)
    }

    mutating func sequence() throws(MalformedAcknowledgement) -> UInt64? {
        switch take("seq") {
        case .null: return nil
        case .number(let digits):
            guard let number = UInt64(digits) else { throw .wrong("seq") }
            return number
        default: throw .wrong("seq")
        }
    }
}
