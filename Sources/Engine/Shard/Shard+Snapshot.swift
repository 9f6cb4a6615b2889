import Journal
import Model
import Tokenizer
import Wire

/// A stream's state as a value, and back.
extension Shard {
    /// Between two tokens of the stream: nothing of its line is tokenised and not yet read.
    func snapshot(of stream: StreamState) -> StreamSnapshot {
        var state = StreamSnapshot.State()
        state.epoch = stream.epoch
        state.tokens = stream.tokens
        state.offset = stream.offset
        state.messages = stream.messages
        state.lifeTokens = stream.lifeTokens
        state.lifeMessages = stream.lifeMessages
        state.streamEvents = stream.streamEvents
        state.errorEvents = stream.errorEvents
        state.tokenizer = stream.tokenizer.snapshot()
        state.leadIn = stream.leadIn
        state.messageStart = stream.messageStart
        state.lastToken = stream.lastToken
        state.sentiment = stream.sentiment
        state.hasPrediction = stream.hasPrediction
        state.isQuarantined = stream.isQuarantined
        state.message = stream.message
        state.sentimentPool = stream.sentimentPool
        state.values = network.values(of: stream)
        var snapshot = StreamSnapshot(
            stream: stream.name, model: model.fingerprint, state: state)
        snapshot.sequence = stream.journal.sequence
        snapshot.position = UInt64(stream.work?.position ?? 0)
        snapshot.isEvicted = stream.journal.isEvicted
        snapshot.eventsDigest = stream.journal.eventsDigest
        return snapshot
    }

    /// Makes the stream, which is in the table and has read nothing, what the snapshot says. Of
    /// another model's only the counters are taken: `model` is the next thing that it is told.
    func restore(_ snapshot: StreamSnapshot, to stream: StreamState) throws {
        stream.journal.sequence = snapshot.sequence
        stream.journal.isEvicted = snapshot.isEvicted
        stream.journal.eventsDigest = snapshot.eventsDigest
        stream.journal.savedTokens = snapshot.state.lifeTokens
        try restore(snapshot.state, to: stream, isOurs: snapshot.model == model.fingerprint)
    }

    func restore(
        _ state: StreamSnapshot.State, to stream: StreamState, isOurs: Bool
    ) throws {
        stream.epoch = state.epoch
        stream.tokens = state.tokens
        stream.offset = state.offset
        stream.messages = state.messages
        stream.lifeTokens = state.lifeTokens
        stream.lifeMessages = state.lifeMessages
        stream.streamEvents = state.streamEvents
        stream.errorEvents = state.errorEvents
        guard isOurs else { return }
        try SnapshotGate(model: model, encoder: encoder).check(state)
        stream.tokenizer = try IncrementalTokenizer(encoder, restoring: state.tokenizer)
        stream.leadIn = state.leadIn
        stream.messageStart = state.messageStart
        stream.message = state.message
        stream.sentimentPool = state.sentimentPool
        stream.lastToken = state.lastToken
        stream.sentiment = state.sentiment
        stream.hasPrediction = state.hasPrediction
        stream.isQuarantined = state.isQuarantined
        stream.logSumExp = nil
        network.setValues(state.values, of: stream)
    }

    /// What is wrong with the snapshot that a `put` brings; nil for other requests.
    func problem(withSnapshotOf request: Request) -> Refusal? {
        guard request.operation == .put else { return nil }
        do throws(Refusal) {
            _ = try SnapshotGate(model: model, encoder: encoder).admit(request.text)
            return nil
        } catch {
            return Refusal(error.code, error.message, endpoint: request.endpoint)
        }
    }
}
