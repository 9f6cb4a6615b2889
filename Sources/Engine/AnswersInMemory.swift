import Wire

/// Answers inputs as they are accepted, and knows each producer's last number as long as the
/// process lives.
struct AnswersInMemory {
    private var positions: [StreamID: [String: UInt64]] = [:]
    private var answers: [Acknowledgement] = []

    mutating func take() -> [Acknowledgement] {
        defer { answers = [] }
        return answers
    }

    /// Whether the input is to be carried out; it is not if it was before.
    mutating func admit(_ input: EngineInput) -> Bool {
        switch input {
        case .request(let request):
            guard let route = request.route else { return true }
            let isNew = advance(request)
            answers.append(
                Acknowledgement(
                    route: route, stream: request.stream,
                    producerSequence: request.producerSequence,
                    result: isNew ? .accepted : .duplicate))
            return isNew
        case .refusal(let stream, let refusal, let sender):
            guard let sender else { return true }
            answers.append(
                Acknowledgement(
                    route: sender.route, stream: stream,
                    producerSequence: sender.producerSequence, result: .refused(refusal)))
            return true
        }
    }

    private mutating func advance(_ request: Request) -> Bool {
        guard let number = request.producerSequence else { return true }
        if let last = positions[request.stream]?[request.producer], number <= last { return false }
        positions[request.stream, default: [:]][request.producer] = number
        return true
    }
}
