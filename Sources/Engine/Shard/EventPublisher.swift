import Metrics
import Model
import Wire

/// The events of a shard's streams: who wants which of them, and their encoding.
final class EventPublisher {
    private let demand: Demand
    private let statistics: EngineStatistics
    private let refused: @Sendable (StreamID?, Refusal) -> Void
    private let recordsOutcomes: Bool
    private var outbox: Outbox
    /// Refusals that no stream could be named for.
    private var unnamedErrors: UInt64 = 0

    init(
        _ model: Model, options: EngineOptions, outputs: [OutputProfile], demand: Demand,
        fragments: TokenFragments, statistics: EngineStatistics,
        refused: @escaping @Sendable (StreamID?, Refusal) -> Void
    ) {
        self.demand = demand
        self.statistics = statistics
        self.refused = refused
        recordsOutcomes = options.recordsOutcomes
        outbox = Outbox(
            profiles: outputs.map { $0.limited(to: model.config.heads) }, fragments: fragments,
            model: model.fingerprint.short, top: options.top,
            readsWholeMessages: model.config.bidirectional,
            digestsEvents: options.recordsOutcomes)
    }

    var outputs: Range<Int> { 0..<outbox.frames.count }

    func takeFrames(output: Int) -> EventFrames { outbox.take(output: output) }

    // MARK: Audience

    /// A request begins to be carried out: what is published from here on is about it.
    func open(_ item: StreamWork.Item, of stream: StreamState) {
        guard let place = item.place, stream.audience.ofRequest == nil else { return }
        stream.journal.begin(place)
        // Half of a text's events were published before it was cut, to whom is not known.
        if stream.work?.position ?? 0 > 0, item.audience == nil { stream.audience.noteMixed() }
        if let audience = item.audience {
            stream.audience.give(outbox.wanted(by: audience))
        } else {
            refreshAudience(of: stream)
        }
        let wanted = stream.audience.wanted
        stream.audience.begin(recordsOutcomes ? outbox.audience(wanted) : Audience())
    }

    /// Follows the present subscribers.
    func refreshAudience(of stream: StreamState) {
        guard !stream.audience.isGiven else { return }
        let generation = demand.generation
        guard stream.audience.generation != generation else { return }
        stream.audience.refresh(demand.wanted(of: stream.id.utf8), generation: generation)
        guard recordsOutcomes, let audience = stream.audience.ofRequest else { return }
        if audience != outbox.audience(stream.audience.wanted) { stream.audience.noteMixed() }
    }

    /// Publishes the stream's events to this audience from here on.
    func setAudience(_ audience: Audience, of stream: StreamState) {
        stream.audience.setWanted(outbox.wanted(by: audience))
    }

    // MARK: Tokens

    /// Whether a `next` event is due.
    func wantsNext(_ stream: StreamState, afterTokens tokens: UInt64) -> Bool {
        outbox.wantsNext(stream, afterTokens: tokens)
    }

    func publish(_ row: Reading.Row, of stream: StreamState, by network: ShardNetwork) {
        guard row.byteCount != nil, let token = stream.state.lastToken else { return }
        if row.isDue, let prediction = row.prediction {
            network.withCandidates(prediction) { ids, probabilities in
                outbox.next(
                    stream, token, surprisal: row.surprisal, topIDs: ids,
                    topProbabilities: probabilities, atMessageEnd: false)
            }
        }
        publishSentiment(stream, .token, offset: token.offset)
    }

    func publishMessageEnd(
        of stream: StreamState, offset: Range<UInt64>, by network: ShardNetwork
    ) {
        publishSentiment(stream, .message, offset: offset)
        guard let token = stream.state.lastToken, outbox.wantsNextAtMessageEnd(stream) else {
            return
        }
        network.withCandidates(network.predict(stream)) { ids, probabilities in
            outbox.next(
                stream, token, surprisal: nil, topIDs: ids, topProbabilities: probabilities,
                atMessageEnd: true)
        }
    }

    private func publishSentiment(
        _ stream: StreamState, _ scope: Sentiment.Scope, offset: Range<UInt64>
    ) {
        guard let sentiment = stream.state.sentiment else { return }
        let messages = stream.state.messages
        outbox.sentiment(
            stream,
            Sentiment(
                scope: scope, score: sentiment.score, positive: sentiment.positive,
                message: scope == .message ? messages - 1 : messages),
            offset: offset)
    }

    // MARK: Streams

    func publish(_ change: StreamChange, of stream: StreamState) { outbox.change(stream, change) }

    /// About a stream that does not exist.
    func refuse(named id: StreamID, _ refusal: Refusal) {
        record(refusal, id)
        outbox.refuse(named: id.utf8, refusal, wanted: demand.wanted(of: id.utf8), sequence: 0)
    }

    func refuseUnnamed(_ refusal: Refusal) {
        record(refusal, nil)
        outbox.refuse(
            named: [], refusal, wanted: demand.wanted(of: []), sequence: unnamedErrors)
        unnamedErrors += 1
    }

    func refuse(_ stream: StreamState, _ refusal: Refusal) {
        if !stream.audience.isGiven { record(refusal, stream.id) }
        outbox.refuse(stream, refusal)
    }

    private func record(_ refusal: Refusal, _ stream: StreamID?) {
        statistics.refusals.add(refusal.code)
        refused(stream, refusal)
    }
}
