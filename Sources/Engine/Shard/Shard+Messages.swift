import Kernels
import Model
import Wire

/// The steps of a model that reads whole messages. Token by token only the message grows; what it
/// says comes at its end, and nothing of it stays for the next one.
extension Shard {
    /// Gathers tokens of streams in their turn, and reads on in the messages that are complete.
    func step(_ messages: MessageLine) -> Bool {
        let batch = nextBatch()
        let gathering = batch.filter { $0.work?.isAtToken ?? false }
        for stream in batch where stream.work?.isAtToken == false { messages.append(stream) }
        let reading = gathering.isEmpty ? Reading() : takeTokens(gathering)
        gather(reading)
        for stream in gathering { enqueueAgain(stream) }
        for (stream, logit) in messages.advance() {
            take(logit, stream)
            enqueueAgain(stream)
        }
        if !gathering.isEmpty {
            statistics.countStep(
                tokens: reading.tokenCount, rows: reading.rows.count, streams: gathering.count)
        }
        return true
    }

    /// At a message's end: whether it is still to be read as a whole.
    func awaitsReading(_ stream: StreamState) -> Bool { !stream.message.isEmpty }

    private func gather(_ reading: Reading) {
        for run in reading.runs {
            for row in run.rows {
                gather(reading.rows[row].token, run.stream)
                count(reading.rows[row], of: run.stream)
            }
        }
    }

    /// One token more than are read stands for all that come after it.
    private func gather(_ token: Int32, _ stream: StreamState) {
        let most = model.config.longestMessage
        guard stream.message.count <= most else { return }
        stream.message.append(token)
        guard stream.message.count > most else { return }
        refuse(
            stream,
            Refusal(
                .messageTooLong,
                "the message has more than \(WholeMessage.maxTokens) tokens; its sentiment is that "
                    + "of the first \(WholeMessage.maxTokens)"))
    }

    /// What the message came to. It was the first of the stream's steps, and goes on from there.
    private func take(_ logit: Float?, _ stream: StreamState) {
        stream.message = []
        guard let logit else { return refuseNonFinite(stream) }
        stream.sentiment = network.sentiment(logit: logit)
    }

    private func refuseNonFinite(_ stream: StreamState) {
        refuse(
            stream,
            Refusal(
                .nonFiniteState,
                "the network's states are not finite in message \(stream.messages); it has no "
                    + "sentiment, and the stream goes on with the next one"))
    }
}

extension StreamWork {
    /// Whether the next step reads a token.
    fileprivate var isAtToken: Bool {
        switch steps.first {
        case .leadIn, .token: true
        case .messageEnd, .finished, nil: false
        }
    }
}

extension ModelConfig {
    /// Most tokens that are read of a message, its start token among them.
    var longestMessage: Int { WholeMessage.maxTokens + (startToken == nil ? 0 : 1) }
}
