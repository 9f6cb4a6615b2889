import StrictJSON

/// An acknowledgement as it goes to the peer, after its envelope: the stream id (empty where no
/// stream could be named) and one JSON object.
///
///     {"v": 1, "ack": "accepted" | "duplicate", "seq": 17}
///     {"v": 1, "ack": "refused", "seq": 17, "code": "header", "reason": "…"}
///     {"v": 1, "ack": "refused", "seq": 17, "code": "rate_limited", "reason": "…", "retry_after": 250}
///
/// `seq` is null for a message that had none.
extension Acknowledgement {
    package var frames: [[UInt8]] { [stream?.utf8 ?? [], body] }

    private var body: [UInt8] {
        var body: [UInt8] = []
        body.appendJSON("{\"v\":1,\"ack\":", string: result.name)
        body.appendJSON(",\"seq\":")
        body.appendJSON(producerSequence)
        if case .refused(let refusal) = result {
            body.appendJSON(",\"code\":", string: refusal.code.rawValue)
            body.appendJSON(",\"reason\":", string: refusal.message)
            if let wait = refusal.retryAfter {
                body.appendJSON(",\"retry_after\":")
                body.appendJSON(UInt64(max(0, wait)))
            }
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
    /// - Throws: `MalformedAcknowledgement`, also for unknown keys.
    package init(frames: [[UInt8]]) throws(MalformedAcknowledgement) {
        guard frames.count == 2 else {
            throw MalformedAcknowledgement(found: "\(frames.count) frames")
        }
        guard frames[0].isEmpty || (try? StreamID(utf8: frames[0])) != nil else {
            throw MalformedAcknowledgement(found: "no stream id in the first frame")
        }
        stream = try? StreamID(utf8: frames[0])
        guard let value = try? JSONParser.parse(frames[1][...]), case .object = value
        else { throw MalformedAcknowledgement(found: "a body that is not one JSON object") }
        let body = try JSONObject(value) { MalformedAcknowledgement.body($0) }
        guard body["v"] == .number("1") else { throw body.error("v", expected: "1") }
        result = try Acknowledgement.Result(body)
        sequence = body["seq"] == .null ? nil : try body.integer("seq", in: 0...UInt64.max)
        let isRefusal = if case .refused = result { true } else { false }
        let others = isRefusal ? ["code", "reason", "retry_after"] : []
        try body.checkKeys(["v", "ack", "seq"] + others)
    }
}

/// An answer that is not an acknowledgement: its sender is not an acknowledged input.
package struct MalformedAcknowledgement: Error, Equatable, CustomStringConvertible {
    package let found: String

    package var description: String {
        "the answer is not an acknowledgement: found \(found); expected a stream id and a JSON object "
            + "with \"v\" 1, \"ack\" (accepted, duplicate or refused), \"seq\", and of a refusal "
            + "\"code\" and \"reason\""
    }

    fileprivate static func body(_ error: JSONObjectError) -> Self {
        if case .unknownKey = error.kind {
            return Self(found: "the unknown key \"\(error.path.prefix(40))\"")
        }
        return Self(found: "no \"\(error.path)\", or another value than it may have")
    }
}

extension Acknowledgement.Result {
    fileprivate init(
        _ body: JSONObject<MalformedAcknowledgement>
    ) throws(MalformedAcknowledgement) {
        switch try body.string("ack") {
        case "accepted": self = .accepted
        case "duplicate": self = .duplicate
        case "refused":
            let code: Refusal.Code = try body.value("code", "a code") {
                $0.string.flatMap(Refusal.Code.init(rawValue:))
            }
            var refusal = Refusal(code, try body.string("reason"))
            if body["retry_after"] != nil {
                refusal.retryAfter = Int(try body.integer("retry_after", in: 0...UInt64(Int32.max)))
            }
            self = .refused(refusal)
        default: throw body.error("ack", expected: "accepted, duplicate or refused")
        }
    }
}
