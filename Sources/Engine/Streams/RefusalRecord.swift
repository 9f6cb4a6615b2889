package import Journal
package import Wire

// A refusal changes what a stream's later errors are numbered by, so the journal has it: as a
// request of operation `refusal`, with the code, a line end and the reason as its text.

extension Request {
    init(_ refusal: Refusal, of stream: StreamID) {
        self.init(
            stream: stream, operation: .refusal,
            text: Array("\(refusal.code.rawValue)\n\(refusal.message)".utf8),
            endpoint: refusal.endpoint)
    }
}

extension Refusal {
    /// Of a request that was made of one; nil if it was not.
    init?(_ request: Request) {
        let parts = String(decoding: request.text, as: UTF8.self)
            .split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard request.operation == .refusal, parts.count == 2,
            let code = Code(rawValue: String(parts[0]))
        else { return nil }
        self.init(code, String(parts[1]), endpoint: request.endpoint)
    }
}

extension StreamWork.Item {
    /// What the journal has, to be done again.
    init(
        _ record: RequestRecord, of stream: StreamID, life: UInt64, audience: Audience?,
        outcome: OutcomeRecord?, ending: OutcomeRecord? = nil
    ) {
        let request = Request(record, of: stream)
        let content = Refusal(request).map(Content.refusal) ?? .request(request)
        self.init(
            content: content, weight: 0,
            place: RequestPlace(
                key: record.key, life: life, sequence: record.sequence),
            audience: audience, outcome: outcome,
            ending: (ending ?? outcome).map {
                .init(tokens: $0.tokens, stateDigest: $0.stateDigest)
            }, isStored: true)
    }
}

extension Request {
    /// As it was accepted, but for where its answer went.
    package init(_ record: RequestRecord, of stream: StreamID) {
        self.init(
            stream: stream, operation: record.operation, text: record.text, more: record.more,
            producerSequence: record.producerSequence, time: record.producerTime,
            endpoint: record.endpoint)
        producer = record.producer
    }
}
