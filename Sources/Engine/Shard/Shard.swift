package import Journal
import Kernels
package import Model
import Synchronization
import Tokenizer
package import Wire

/// One part of all streams, and all that happens to them. Not a thread: `ShardThread` drives it.
///
/// A message's way: `accept` puts a request in its stream's line and in the journal; `refill` turns
/// requests into tokens; `step` takes the next tokens of every ready stream through the cells and
/// heads, and into events; `conclude` tells the journal what became of the request. Nothing here
/// reads a clock or depends on the other streams' presence.
package final class Shard {
    let model: Model
    let options: EngineOptions
    let demand: Demand
    let statistics: EngineStatistics
    let refused: @Sendable (StreamID?, Refusal) -> Void

    var table: StreamTable
    var scheduler: Scheduler
    let network: ShardNetwork
    /// The messages of a model that reads whole messages; nil for one that reads token by token.
    let messages: MessageLine?
    var outbox: Outbox
    let encoder: TokenEncoder
    let separator: [Int32]

    /// Weight of the requests that were finished since it was last taken.
    var finishedWeight = 0
    /// Streams whose work ran out while bytes are held back, and their activity then.
    var heldBack: [(stream: StreamID, activity: UInt64)] = []
    /// Inputs for streams so far.
    var inputs: UInt64 = 0
    /// Streams that have left the table since memory was last given back.
    var departures = 0
    /// Refusals that no stream could be named for.
    var unnamedErrors: UInt64 = 0

    /// What the journal is to be told, and the answers that wait for it to have it.
    package internal(set) var batch = JournalBatch()
    /// The last batch that had requests: what they lead to is told once it is on disk.
    package private(set) var hold: UInt64?
    /// Where streams are that are not in the table; nil where nothing is stored.
    let store: JournalReader?
    let keys: StreamKeys
    var dormant = DormantStreams()
    var evictions = EvictionLine()
    var sweep: CheckpointSweep
    var damaged = DamagedStreams()
    /// Streams in the store may have requests beyond their checkpoints and not be in the table.
    var awaitsRecovery: Bool
    /// What made the store unusable: what a stream was before can no longer be known.
    package internal(set) var failure: (any Error)?
    /// Told why the store cannot be read now; its driver waits, and says whether to try again. Told nil
    /// once it can.
    var storeStalled: (JournalError?) -> Bool = { _ in false }
    /// Seconds since 1970, as the driver of this shard last said: what records are stamped with.
    package var time = 0.0
    /// Seconds of the monotonic clock, as its driver last said: what idleness is measured by, so that
    /// a step of the wall clock evicts no stream and keeps none.
    package var uptime = 0.0

    /// - Parameters:
    ///   - store: where streams come back from; nil where nothing is stored.
    ///   - keys: gives numbers to the lives that begin.
    ///   - awaitsRecovery: until it is told `recovered`.
    /// - Throws: `ModelError` if the memory for the states cannot be reserved, `KernelError`.
    package init(
        model: Model, options: EngineOptions, outputs: [OutputProfile], demand: Demand,
        fragments: TokenFragments, statistics: EngineStatistics, store: JournalReader? = nil,
        keys: StreamKeys = StreamKeys(next: 1), awaitsRecovery: Bool = false,
        refused: @escaping @Sendable (StreamID?, Refusal) -> Void = { _, _ in }
    ) throws {
        self.model = model
        var options = options
        options.top = min(options.top, model.config.vocabularySize, Kernels.maxTop)
        self.options = options
        self.demand = demand
        self.statistics = statistics
        self.refused = refused
        self.store = store
        self.keys = keys
        self.awaitsRecovery = awaitsRecovery
        table = StreamTable(capacity: options.maxStreams)
        scheduler = Scheduler()
        network = try ShardNetwork(model, options: options)
        messages =
            model.config.bidirectional
            ? MessageLine(
                try MessageRunner(
                    network: model.network, kernels: try Kernels(tier: options.kernelTier)))
            : nil
        outbox = Outbox(
            profiles: outputs.map { $0.limited(to: model.config.heads) }, fragments: fragments,
            model: model.fingerprint.short, top: options.top,
            readsWholeMessages: model.config.bidirectional,
            digestsEvents: options.recordsOutcomes)
        encoder = model.tokenizer.makeEncoder()
        separator = model.tokenizer.encode(Array(model.config.separator.utf8))
        sweep = CheckpointSweep()
    }

    /// No stream has anything to do.
    package var isIdle: Bool { scheduler.isIdle && messages?.isEmpty ?? true }

    /// Whether so many streams have left since this last said so that memory should be given back.
    package func takesLeave(ofAtLeast count: Int) -> Bool {
        guard departures >= count else { return false }
        departures = 0
        return true
    }

    package func takeFinishedWeight() -> Int {
        defer { finishedWeight = 0 }
        return finishedWeight
    }

    /// Streams that have gone idle with bytes held back since this was last asked.
    package func takeHeldBack() -> [(stream: StreamID, activity: UInt64)] {
        defer { heldBack.removeAll() }
        return heldBack
    }

    package func takeFrames(output: Int) -> EventFrames { outbox.take(output: output) }

    /// What the journal is to be told since this was last asked.
    package func takeBatch() -> JournalBatch {
        if batch.holdsEvents { hold = batch.number }
        defer { batch = JournalBatch(number: batch.number + 1) }
        return batch
    }

    func finish(weight: Int) { finishedWeight += weight }

    // MARK: Refusals

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
        if !stream.journal.hasGivenAudience { record(refusal, stream.id) }
        outbox.refuse(stream, refusal)
    }

    private func record(_ refusal: Refusal, _ stream: StreamID?) {
        statistics.count(refusal.code)
        refused(stream, refusal)
    }

    /// Who listens now.
    func refreshWanted(_ stream: StreamState) {
        guard !stream.journal.hasGivenAudience else { return }
        let generation = demand.generation
        guard stream.wantedGeneration != generation else { return }
        stream.wanted = demand.wanted(of: stream.id.utf8)
        stream.wantedGeneration = generation
        guard options.recordsOutcomes, let audience = stream.journal.audience else { return }
        if audience != outbox.audience(stream.wanted) { stream.journal.hasMixedAudience = true }
    }

    // MARK: Timed decisions

    /// Flushes a stream that has stayed idle since, or asks for a later time if it has not.
    ///
    /// The flush is the daemon's own input: it came by no mailbox, so it has no weight there.
    package func flushIfIdle(_ id: StreamID, since activity: UInt64) {
        guard let stream = table[id], stream.awaitedFlush == activity else { return }
        stream.awaitedFlush = nil
        guard stream.activity == activity else { return noteHeldBack(stream) }
        accept(Request(stream: id, operation: .flush), weight: 0)
    }

    func noteHeldBack(_ stream: StreamState) {
        guard options.idleFlush != nil, stream.awaitedFlush == nil, stream.work == nil,
            stream.tokenizer.heldBackByteCount > 0
        else { return }
        stream.awaitedFlush = stream.activity
        heldBack.append((stream.id, stream.activity))
    }
}
