import FoundationEssentials

extension Event {
    /// Reads the body of an output message of this kind.
    ///
    /// - Throws: `DecodingError`.
    package init(kind: EventKind, body: some Collection<UInt8>) throws {
        let body = try JSONDecoder().decode(EventBody.self, from: Data(body))
        self.init(context: body.context, payload: try body.payload(of: kind))
    }
}

/// The union of all bodies; which keys are there depends on the kind.
private struct EventBody: Decodable {
    let v: Int
    let stream: String
    let epoch: UInt64
    let token: UInt64?
    let offset: [UInt64]
    let model: String
    var id: Int32?
    var text: String?
    var bytes: String?
    var surprisal: Float?
    var top: [CandidateBody]?
    var scope: Sentiment.Scope?
    var score: Float?
    var positive: Float?
    var message: UInt64?
    var change: StreamChange?
    var code: Refusal.Code?
    var reason: String?
    var endpoint: String?

    struct CandidateBody: Decodable {
        let id: Int32
        let text: String
        let bytes: String?
        let p: Float
    }

    var context: EventContext {
        EventContext(
            stream: stream, epoch: epoch, token: token,
            offset: offset.count == 2 && offset[0] <= offset[1] ? offset[0]..<offset[1] : 0..<0,
            model: model)
    }

    func payload(of kind: EventKind) throws -> Event.Payload {
        switch kind {
        case .next: .next(try prediction())
        case .sentiment: .sentiment(try sentiment())
        case .stream: .stream(try require(change, "change"))
        case .error:
            .error(
                Refusal(
                    try require(code, "code"), try require(reason, "reason"), endpoint: endpoint))
        }
    }

    private func prediction() throws -> Prediction {
        Prediction(
            id: try require(id, "id"), text: try require(text, "text"),
            bytes: bytes.flatMap(hexadecimal), surprisal: surprisal,
            top: try require(top, "top").map {
                Prediction.Candidate(
                    id: $0.id, text: $0.text, bytes: $0.bytes.flatMap(hexadecimal),
                    probability: $0.p)
            })
    }

    private func sentiment() throws -> Sentiment {
        Sentiment(
            scope: try require(scope, "scope"), score: try require(score, "score"),
            positive: try require(positive, "positive"), message: try require(message, "message"))
    }

    private func require<Value>(_ value: Value?, _ key: String) throws -> Value {
        guard let value else {
            throw DecodingError.valueNotFound(
                Value.self, .init(codingPath: [], debugDescription: "no \"\(key)\""))
        }
        return value
    }

    private func hexadecimal(_ text: String) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] * 16 + digits[$0 + 1])
        }
    }
}
