import Engine
import Model
import Replay
import Storage
import Tokenizer
import Wire

/// From the events of a step to tokens and marks.
struct PlayedTokenReader {
    var recorder: TraceRecorder
    private let model: Model
    private let texts: [[UInt8]]
    private let isStored: Bool
    private var progress: StreamProgress

    /// - Parameters:
    ///   - texts: of each epoch as they were sent; what is not there is taken from the vocabulary.
    ///   - progress: before the first step.
    init(
        _ recorder: TraceRecorder, _ model: Model, texts: [[UInt8]], isStored: Bool,
        progress: StreamProgress
    ) {
        (self.recorder, self.model, self.texts) = (recorder, model, texts)
        (self.isStored, self.progress) = (isStored, progress)
    }

    mutating func read(_ step: PlayedStep, _ player: SessionPlayer) {
        let record = player.request?.record
        // What is not stored was never accepted: its publisher's time, if any, is what there is.
        let time = isStored ? record?.time : record?.producerTime
        var isTokenDue = step.hasReadToken
        for event in step.events {
            if let kind = mark(for: event, player) {
                recorder.take(kind, time: time)
            } else if isTokenDue, event.isOfToken {
                isTokenDue = false
                take(step, event.context.epoch, event.context.offset, player)
            }
        }
        // A model without heads publishes nothing about a token.
        if isTokenDue {
            let start = progress.epoch == player.progress.epoch ? progress.offset : 0
            take(step, player.progress.epoch, start..<max(start, player.progress.offset), player)
        }
        // A model without a sentiment head publishes no event about the end of a message.
        if !model.config.heads.sentiment, player.progress.messages > progress.messages {
            recorder.take(.messageEnd(score: nil), time: time)
        }
        progress = player.progress
    }

    private mutating func take(
        _ step: PlayedStep, _ epoch: UInt64, _ offset: Range<UInt64>, _ player: SessionPlayer
    ) {
        guard let input = player.input else { return }
        let prediction = step.token?.prediction
        let token = TracedToken(
            id: input.token, bytes: bytes(of: input.token, epoch, offset),
            offset: offset.lowerBound, epoch: epoch, surprisal: prediction?.surprisal,
            score: step.tokenSentiment?.score)
        recorder.take(
            token, from: input.values, to: player.values, candidates: prediction?.top ?? [])
    }

    private func bytes(of token: Int32, _ epoch: UInt64, _ offset: Range<UInt64>) -> [UInt8] {
        guard epoch < texts.count, offset.upperBound <= texts[Int(epoch)].count else {
            return Array(model.tokenizer.vocabulary.bytes(of: token))
        }
        return Array(texts[Int(epoch)][Int(offset.lowerBound)..<Int(offset.upperBound)])
    }

    private func mark(for event: Event, _ player: SessionPlayer) -> TraceMark.Kind? {
        switch event.payload {
        case .sentiment(let sentiment) where sentiment.scope == .message:
            .messageEnd(score: sentiment.score)
        case .stream(.reset): .reset
        case .stream(.ended): .end
        case .stream(.resumed) where player.request?.record.operation == .put: .put
        case .error(let refusal) where refusal.code == .nonFiniteState: .quarantine
        default: nil
        }
    }
}

extension Event {
    /// Whether the event is published for each token, rather than for a message or the stream.
    fileprivate var isOfToken: Bool {
        switch payload {
        case .next: true
        case .sentiment(let sentiment): sentiment.scope == .token
        case .stream, .error: false
        }
    }
}
