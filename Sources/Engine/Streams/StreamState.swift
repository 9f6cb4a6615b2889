import DequeModule
import Dispatch
import Model
import Tokenizer
import Wire

/// A stream in memory. The shard's network holds its h and c, at `slot`.
///
/// `state` is the value that a snapshot holds. Everything else is either a part that a snapshot
/// takes from elsewhere or follows from it, or is about the work of this daemon.
final class StreamState {
    typealias Score = StreamSnapshot.Score

    /// What identifies it in the shard's table.
    let id: StreamID
    /// What its events say; the same, except in replay, where parts of one stream are read beside
    /// each other.
    let name: StreamID
    let slot: Int32

    private(set) var state = PersistedState()
    private var tokenizer: IncrementalTokenizer
    /// Log-sum-exp of the present state's logits, if the vocabulary head has run on it.
    private(set) var logSumExp: Float?
    /// Why it cannot continue: it is stopped before what it does next.
    private(set) var damage: Refusal?

    /// What is still to be done, in order. None while the stream is idle.
    private(set) var work: StreamWork?
    var activity = StreamActivity()
    var audience = StreamAudience()
    /// What was accepted of it, read or not.
    var intake: StreamIntake
    var journal: StreamJournal

    /// At its beginning.
    init(
        id: StreamID, name: StreamID? = nil, slot: Int32, encoder: TokenEncoder,
        intake: StreamIntake, journal: StreamJournal? = nil
    ) {
        self.id = id
        self.name = name ?? id
        self.slot = slot
        tokenizer = IncrementalTokenizer(encoder)
        self.intake = intake
        self.journal = journal ?? StreamJournal(key: intake.key, incarnation: intake.incarnation)
    }

    /// When the request was received that it carries out; nil for the daemon's own.
    private(set) var received: DispatchTime?

    func noteBeginning(of item: StreamWork.Item) { received = item.received }

    // MARK: Work

    /// True if it was idle.
    func append(_ item: StreamWork.Item) -> Bool {
        guard let work else {
            work = StreamWork(items: [item])
            return true
        }
        work.append(item)
        return false
    }

    func takeWork() -> StreamWork? {
        defer { work = nil }
        return work
    }

    /// Goes on with what came after its `end`, as a stream of its own.
    func inherit(_ rest: StreamWork) { work = rest }

    func stop(_ damage: Refusal) { self.damage = damage }

    // MARK: Text

    var heldBackByteCount: Int { tokenizer.heldBackByteCount }

    func tokenize(_ text: Span<UInt8>, into tokens: inout [Token]) {
        tokenizer.append(text, into: &tokens)
    }

    /// Forces held-back bytes out.
    func finishText(into tokens: inout [Token]) { tokenizer.finish(into: &tokens) }

    /// Bytes that proved not to be UTF-8 since this was last called.
    func takeInvalidByteCount() -> Int { tokenizer.takeInvalidByteCount() }

    func takeLeadIn() -> StreamSnapshot.LeadIn {
        defer { state.leadIn = .none }
        return state.leadIn
    }

    // MARK: Messages

    func beginMessage() { state.messageStart = state.offset }

    /// - Parameter leadIn: what the model reads before the next message; nil if nothing new.
    /// - Returns: the message's place in the text.
    func endMessage(next leadIn: StreamSnapshot.LeadIn?) -> Range<UInt64> {
        let start = state.messageStart ?? state.offset
        state.messages += 1
        state.incarnationMessages += 1
        state.messageStart = nil
        state.sentimentPool = SentimentPool()
        if let leadIn { state.leadIn = leadIn }
        return start..<state.offset
    }

    /// Adds a token to a message that is read as a whole. True if it is the first one too many.
    func gather(_ token: Int32, most: Int) -> Bool {
        guard state.message.count <= most else { return false }
        state.message.append(token)
        return state.message.count > most
    }

    func dropGathered() { state.message = [] }

    // MARK: Tokens

    /// From here on the counters include the token.
    func count(_ token: Int32, bytes: Int) {
        let end = state.offset + UInt64(bytes)
        state.lastToken = .init(id: token, offset: state.offset..<end)
        state.offset = end
        state.tokens += 1
        state.incarnationTokens += 1
    }

    /// The network has read a row of the stream.
    func notePrediction(logSumExp: Float?) {
        state.hasPrediction = true
        self.logSumExp = logSumExp
    }

    /// The vocabulary head has run on the present state.
    func note(logSumExp: Float) { self.logSumExp = logSumExp }

    /// Adds what a token of the open message says.
    func pool(_ reading: SentimentReading, token: Int32, of network: Network) {
        state.sentimentPool.add(reading, token: token, of: network)
    }

    func note(_ sentiment: Score?) { state.sentiment = sentiment }

    // MARK: Events

    func takeStreamEventNumber() -> UInt64 {
        defer { state.streamEvents += 1 }
        return state.streamEvents
    }

    func takeErrorEventNumber() -> UInt64 {
        defer { state.errorEvents += 1 }
        return state.errorEvents
    }

    // MARK: Beginning anew

    /// h and c begin anew with it.
    func reset(_ encoder: TokenEncoder) {
        state.beginEpoch()
        dropText(encoder)
    }

    /// The open message is dropped, and h and c with it.
    func cut(_ encoder: TokenEncoder) {
        state.dropMessage()
        dropText(encoder)
    }

    /// h and c are not finite, and are dropped with the text.
    func quarantine(_ encoder: TokenEncoder) {
        state.isQuarantined = true
        state.messageStart = nil
        state.sentimentPool = SentimentPool()
        dropText(encoder)
    }

    private func dropText(_ encoder: TokenEncoder) {
        tokenizer = IncrementalTokenizer(encoder)
        logSumExp = nil
    }

    /// h and c were replaced.
    func forgetLogits() { logSumExp = nil }

    // MARK: Snapshots

    /// - Parameter values: h and c.
    func snapshot(model: Fingerprint, values: [Float]) -> StreamSnapshot {
        var snapshot = StreamSnapshot(
            stream: name, model: model,
            state: .init(state, tokenizer: tokenizer.snapshot(), values: values))
        snapshot.sequence = journal.sequence
        snapshot.position = UInt64(work?.position ?? 0)
        snapshot.isEvicted = journal.isEvicted
        snapshot.eventsDigest = journal.eventsDigest
        return snapshot
    }

    /// The digest of the state that `cut` leaves.
    func digestAfterCut(model: Fingerprint, values: Int, _ encoder: TokenEncoder) -> [UInt8] {
        var state = state
        state.dropMessage()
        let whole = StreamSnapshot.State(
            state, tokenizer: IncrementalTokenizer(encoder).snapshot(),
            values: Array(repeating: 0, count: values))
        return StreamSnapshot(stream: name, model: model, state: whole).stateDigest
    }

    /// Makes the stream, which has read nothing, what the state says, but for h and c.
    ///
    /// - Throws: `TokenizerError` for text that this model's tokenizer does not hold.
    func restore(_ state: StreamSnapshot.State, _ encoder: TokenEncoder) throws(TokenizerError) {
        tokenizer = try IncrementalTokenizer(encoder, restoring: state.tokenizer)
        self.state = state.persisted
        logSumExp = nil
    }

    /// Counts on from a state of another model.
    func restoreCounters(of state: StreamSnapshot.State) {
        self.state = state.persisted.countersOnly
    }
}
