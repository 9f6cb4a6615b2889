import DequeModule
import Kernels
package import Model
import Synchronization
import Tokenizer
package import Wire

/// One part of all streams, and all that happens to them. Not a thread: `ShardThread` drives it.
///
/// A message's way: `accept` puts a request in its stream's line; `refill` turns requests into
/// tokens; `step` takes the next tokens of every ready stream through the cells and heads, and into
/// events. Nothing here reads a clock or depends on the other streams' presence.
package final class Shard {
    let model: Model
    let options: EngineOptions
    let demand: Demand
    let statistics: EngineStatistics
    private let refused: @Sendable (StreamID?, Refusal) -> Void

    var table: StreamTable
    var scheduler: Scheduler
    var states: StateSlab
    let runner: NetworkRunner
    var outbox: Outbox
    let encoder: TokenEncoder
    let separator: [Int32]

    /// Results of the kernels, by row; kept so that a step allocates little.
    var logits: [Float] = []
    var scores: [Float] = []
    var positives: [Float] = []
    var probabilities: [Float] = []

    /// Weight of the requests that were finished since it was last taken.
    private(set) var finishedWeight = 0
    /// Streams whose work ran out while bytes are held back, and their activity then.
    var heldBack: [(stream: StreamID, activity: UInt64)] = []
    /// Inputs for streams so far.
    private var inputs: UInt64 = 0
    /// Refusals that no stream could be named for.
    private var unnamedErrors: UInt64 = 0

    /// - Throws: `ModelError` if the memory for the states cannot be reserved.
    package init(
        model: Model, options: EngineOptions, outputs: [OutputProfile], demand: Demand,
        fragments: TokenFragments, statistics: EngineStatistics,
        refused: @escaping @Sendable (StreamID?, Refusal) -> Void = { _, _ in }
    ) throws {
        self.model = model
        var options = options
        options.top = min(options.top, model.config.vocabularySize)
        self.options = options
        self.demand = demand
        self.statistics = statistics
        self.refused = refused
        table = StreamTable(capacity: options.maxStreams)
        scheduler = Scheduler()
        states = try StateSlab(layout: model.network.stateLayout, capacity: options.maxStreams)
        runner = NetworkRunner(
            network: model.network, kernels: try Kernels(tier: options.kernelTier),
            maxBatch: options.maxBatch)
        outbox = Outbox(
            profiles: outputs.map { $0.limited(to: model.config.heads) }, fragments: fragments,
            model: model.fingerprint.short)
        encoder = model.tokenizer.makeEncoder()
        separator = model.tokenizer.encode(Array(model.config.separator.utf8))
    }

    /// No stream has anything to do.
    package var isIdle: Bool { scheduler.isIdle }

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

    // MARK: Inputs

    package func accept(_ input: EngineInput) {
        switch input {
        case .request(let request):
            statistics.countRequest(bytes: request.text.count)
            accept(.init(content: .request(request), weight: input.weight), of: request.stream)
        case .refusal(let id?, let refusal):
            accept(.init(content: .refusal(refusal), weight: input.weight), of: id)
        case .refusal(nil, let refusal):
            refuseUnnamed(refusal)
            finishedWeight += input.weight
        }
    }

    /// Puts an input in its stream's line.
    private func accept(_ item: StreamWork.Item, of id: StreamID) {
        guard let stream = table[id] ?? begin(id, for: item) else { return finish(item) }
        inputs += 1
        stream.activity = inputs
        if let work = stream.work {
            work.items.append(item)
        } else {
            stream.work = StreamWork(items: [item])
            scheduler.enqueue(stream)
        }
    }

    /// A stream of that name ended with these still in its line: the first text begins another.
    func beginAgain(_ id: StreamID, with items: Deque<StreamWork.Item>) {
        var rest = items
        while let item = rest.first {
            if let stream = begin(id, for: item) {
                inputs += 1
                stream.activity = inputs
                stream.work = StreamWork(items: rest)
                return scheduler.enqueue(stream)
            }
            finish(item)
            rest.removeFirst()
        }
    }

    /// A new stream, if this is its first text and there is room. Nil if the input was refused.
    private func begin(_ id: StreamID, for item: StreamWork.Item) -> StreamState? {
        switch item.content {
        case .refusal(let refusal): refuse(named: id, refusal)
        case .request(let request) where request.operation != .text || request.text.isEmpty:
            refuse(named: id, Self.noSuchStream(request))
        case .request(let request):
            if let slot = table.takeSlot() { return begin(id, slot: slot) }
            refuse(named: id, tooManyStreams(request))
        }
        return nil
    }

    private static func noSuchStream(_ request: Request) -> Refusal {
        let found = request.operation == .text ? "the end of a message" : "\(request.operation)"
        return Refusal(
            .noSuchStream,
            "\(found) for a stream that does not exist; expected one that has had text",
            endpoint: request.endpoint)
    }

    private func tooManyStreams(_ request: Request) -> Refusal {
        Refusal(
            .tooManyStreams,
            "the limit of \(options.maxStreams) streams in a compute thread is reached; end some",
            endpoint: request.endpoint)
    }

    private func begin(_ id: StreamID, slot: Int32) -> StreamState {
        states.zero(slot: slot)
        let stream = StreamState(
            id: id, slot: slot, tokenizer: IncrementalTokenizer(encoder))
        table.insert(stream)
        statistics.streams.add(1, ordering: .relaxed)
        refreshWanted(stream)
        outbox.change(stream, .started)
        return stream
    }

    /// About a stream that does not exist.
    private func refuse(named id: StreamID, _ refusal: Refusal) {
        record(refusal, id)
        outbox.refuse(named: id.utf8, refusal, wanted: demand.wanted(of: id.utf8), sequence: 0)
    }

    private func refuseUnnamed(_ refusal: Refusal) {
        record(refusal, nil)
        outbox.refuse(
            named: [], refusal, wanted: demand.wanted(of: []), sequence: unnamedErrors)
        unnamedErrors += 1
    }

    func refuse(_ stream: StreamState, _ refusal: Refusal) {
        record(refusal, stream.id)
        outbox.refuse(stream, refusal)
    }

    private func record(_ refusal: Refusal, _ stream: StreamID?) {
        statistics.count(refusal.code)
        refused(stream, refusal)
    }

    func finish(_ item: StreamWork.Item) { finishedWeight += item.weight }
    func finish(weight: Int) { finishedWeight += weight }

    func refreshWanted(_ stream: StreamState) {
        let generation = demand.generation
        guard stream.wantedGeneration != generation else { return }
        stream.wanted = demand.wanted(of: stream.id.utf8)
        stream.wantedGeneration = generation
    }

    // MARK: Timed decisions

    /// Flushes a stream that has stayed idle since, or asks for a later time if it has not.
    ///
    /// The flush is the daemon's own input: it came by no mailbox, so it has no weight there.
    package func flushIfIdle(_ id: StreamID, since activity: UInt64) {
        guard let stream = table[id], stream.awaitedFlush == activity else { return }
        stream.awaitedFlush = nil
        guard stream.activity == activity else { return noteHeldBack(stream) }
        accept(
            .init(content: .request(Request(stream: id, operation: .flush)), weight: 0), of: id)
    }

    func noteHeldBack(_ stream: StreamState) {
        guard options.idleFlush != nil, stream.awaitedFlush == nil, stream.work == nil,
            stream.tokenizer.heldBackByteCount > 0
        else { return }
        stream.awaitedFlush = stream.activity
        heldBack.append((stream.id, stream.activity))
    }
}
