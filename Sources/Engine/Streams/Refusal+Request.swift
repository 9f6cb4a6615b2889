import Wire

extension Refusal {
    /// The refusal that the journal has as this request; nil if it is another operation.
    init?(_ request: Request) {
        let parts = String(decoding: request.text, as: UTF8.self)
            .split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard request.operation == .refusal, parts.count == 2,
            let code = Code(rawValue: String(parts[0]))
        else { return nil }
        self.init(code, String(parts[1]), endpoint: request.endpoint)
    }
}
