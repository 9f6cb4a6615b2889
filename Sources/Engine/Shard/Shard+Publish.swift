import Kernels
import Model
import Wire

/// Events of a token and of a message's end.
extension Shard {
    func publish(_ row: Reading.Row, of stream: StreamState) {
        guard row.byteCount != nil, let token = stream.lastToken else { return }
        if row.isDue, let prediction = row.prediction {
            publishNext(stream, token, row.surprisal, prediction, atMessageEnd: false)
        }
        publishSentiment(stream, .token, offset: token.offset)
    }

    private func publishNext(
        _ stream: StreamState, _ token: StreamState.ReadToken, _ surprisal: Float?,
        _ prediction: Int, atMessageEnd: Bool
    ) {
        network.withCandidates(prediction) { ids, probabilities in
            outbox.next(
                stream, token, surprisal: surprisal, topIDs: ids, topProbabilities: probabilities,
                atMessageEnd: atMessageEnd)
        }
    }

    private func publishSentiment(
        _ stream: StreamState, _ scope: Sentiment.Scope, offset: Range<UInt64>
    ) {
        guard let sentiment = stream.sentiment else { return }
        let message = scope == .message ? stream.messages - 1 : stream.messages
        outbox.sentiment(
            stream,
            Sentiment(
                scope: scope, score: sentiment.score, positive: sentiment.positive,
                message: message),
            offset: offset)
    }

    func publishMessageEnd(_ stream: StreamState, offset: Range<UInt64>) {
        publishSentiment(stream, .message, offset: offset)
        guard let token = stream.lastToken, outbox.wantsNextAtMessageEnd(stream) else { return }
        publishNext(stream, token, nil, network.predict(stream), atMessageEnd: true)
    }
}
