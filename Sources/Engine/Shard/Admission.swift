import Model
import Tokenizer
import Wire

/// What is wrong with a request, if that can be said before the stream reads it.
struct Admission {
    private let validator: SnapshotValidator

    init(_ model: Model, encoder: TokenEncoder) {
        validator = SnapshotValidator(model: model, encoder: encoder)
    }

    /// Whether a stream that does not exist begins with this.
    static func beginsStream(_ request: Request) -> Bool {
        request.operation == .put || (request.operation == .text && !request.text.isEmpty)
    }

    func refusal(of request: Request, for stream: StreamState) -> Refusal? {
        switch request.operation {
        case .text: refusal(ofText: request, for: stream)
        // A stream that has had nothing yet begins with this.
        case .put where stream.intake.isEnded || stream.intake.nextSequence == 0:
            problem(withSnapshotOf: request)
        case .put: .streamExists(request)
        default: nil
        }
    }

    /// By the state that the stream has now, and all that was accepted since.
    private func refusal(ofText request: Request, for stream: StreamState) -> Refusal? {
        guard !stream.intake.isEnded else { return nil }
        let isOfSameIncarnation = stream.intake.incarnation == stream.journal.incarnation
        if stream.state.isQuarantined, isOfSameIncarnation, stream.work?.resets ?? 0 == 0 {
            return .quarantined(request)
        }
        return request.text.isEmpty && !stream.intake.isMessageOpen ? .emptyMessage(request) : nil
    }

    /// What is wrong with the snapshot that a `put` brings; nil for other requests.
    func problem(withSnapshotOf request: Request) -> Refusal? {
        guard request.operation == .put else { return nil }
        do throws(Refusal) {
            _ = try validator.admit(request.text)
            return nil
        } catch {
            return Refusal(error.code, error.message, endpoint: request.endpoint)
        }
    }

    /// - Throws: what there is in the state that cannot be.
    func check(_ state: StreamSnapshot.State) throws(SnapshotError) { try validator.check(state) }
}
