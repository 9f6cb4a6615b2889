package import Engine
package import Model
package import Replay
import Storage
import Tokenizer
import Wire

/// Plays a session and stops after every token.
package final class PointReader {
    private let session: Session
    private let player: SessionPlayer
    private var text: SourceText
    private var state: StreamSnapshot.State
    private(set) package var model: Model
    /// The number of bytes of the next request's text that the state has already read.
    private var nextPosition: UInt64
    private var isOver = false

    /// - Parameters:
    ///   - start: nil for the beginning of the stored requests.
    ///   - source: nil for the stored requests.
    ///   - options: only `top` and `kernelTier` are used.
    /// - Throws: `StorageError`, `ModelError`, `KernelError`, `SnapshotError`.
    package init(
        _ session: Session, from start: StreamSnapshot? = nil, source: RequestSource? = nil,
        options: EngineOptions = EngineOptions()
    ) throws {
        self.session = session
        let start = try start ?? session.beginning(of: .start)
        player = try SessionPlayer(
            source ?? RequestSource(session), from: start,
            listening: .audience(.everything(top: options.top)), options: options)
        player.keepsInput = true
        model = player.model
        try model.requireTokenStates()
        state = player.snapshot?.state ?? StreamSnapshot.State()
        text = try SourceText(model, start, session)
        nextPosition = start?.position ?? 0
    }

    /// Continues from another place, as if playing had begun there.
    package func move(to start: StreamSnapshot?) throws {
        let start = try start ?? session.beginning(of: .start)
        try player.move(to: start)
        model = player.model
        try model.requireTokenStates()
        state = player.snapshot?.state ?? StreamSnapshot.State()
        text = try SourceText(model, start, session)
        (nextPosition, isOver) = (start?.position ?? 0, false)
    }

    // MARK: Places

    /// The current place, without token and events.
    package var standing: SessionPoint {
        SessionPoint(
            position: state.incarnationTokens, token: nil, model: model, epoch: state.epoch,
            offset: state.offset, messages: state.messages, request: player.request?.record,
            before: state.values, values: state.values)
    }

    /// The state to continue from here; nil in the middle of tokenised text.
    package var snapshot: StreamSnapshot? { player.isBetweenSlices ? player.snapshot : nil }

    /// Overwrites h and c. The next token is read from these values.
    package func setValues(_ values: [Float]) {
        player.values = values
        state.values = values
    }

    /// Plays the next token, or the events after the last one. Nil at the end.
    package func next() throws -> SessionPoint? {
        guard !isOver else { return nil }
        var (events, outcomes) = ([Event](), [OutcomeRecord]())
        while true {
            let request = player.request?.record.sequence
            guard let step = try player.step() else { break }
            if let next = player.request?.record, next.sequence != request {
                try begin(next)
            }
            events += step.events
            outcomes += step.outcomes
            let last = state
            state = player.snapshot?.state ?? last
            if step.hasReadToken, player.request?.record.operation != .put {
                return point(after: last, events, outcomes)
            }
        }
        isOver = true
        return events.isEmpty && outcomes.isEmpty ? nil : ending(events, outcomes)
    }

    private func point(
        after last: StreamSnapshot.State, _ events: [Event], _ outcomes: [OutcomeRecord]
    ) -> SessionPoint {
        var point = standing
        (point.events, point.outcomes) = (events, outcomes)
        point.before = player.input?.values ?? last.values
        guard let read = state.lastToken else { return point }
        let prediction = events.lastPrediction
        let start = state.messageStart ?? last.messageStart ?? read.offset.lowerBound
        point.token = TokenReading(
            id: read.id, index: state.tokens - 1, message: last.messages, offset: read.offset,
            bytes: Array(model.tokenizer.vocabulary.bytes(of: read.id)),
            source: text.bytes(in: read.offset), surprisal: prediction?.surprisal,
            sentiment: state.sentiment, candidates: prediction?.top ?? [])
        point.text = text.bytes(upTo: read.offset.upperBound, from: start)
        return point
    }

    private func ending(_ events: [Event], _ outcomes: [OutcomeRecord]) -> SessionPoint {
        var point = standing
        point.position += 1
        (point.events, point.outcomes) = (events, outcomes)
        return point
    }

    /// Prepares for a request that begins in the current state.
    private func begin(_ request: RequestRecord) throws {
        if player.model !== model {
            // The new model takes over the counters, and its state is zero.
            model = player.model
            try model.requireTokenStates()
            text = try SourceText(model, nil, session)
        }
        if request.operation == .text {
            try text.append(request.text[Int(nextPosition)...], after: state, of: model)
        }
        nextPosition = 0
    }
}

extension [Event] {
    fileprivate var lastPrediction: Prediction? {
        for case .next(let prediction) in reversed().map(\.payload) { return prediction }
        return nil
    }
}
