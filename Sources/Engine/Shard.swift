import DequeModule
import Kernels
package import Model
import Synchronization
import Tokenizer
package import Wire

/// One part of all streams, and all that happens to them. Not a thread: `ShardThread` drives it.
///
/// A message's way: `accept` puts a request in its stream's line; `refill` turns requests into
/// tokens; `step` takes one token of every ready stream through the cells and heads, and into
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
    var probabilities: [Float] = []
    var areFinite: [Bool] = []

    /// Weight of the requests that were finished since it was last taken.
    private(set) var finishedWeight = 0
    /// Streams whose work ran out while bytes are held back, and their activity then.
    var heldBack: [(stream: StreamID, activity: UInt64)] = []
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
        scheduler = Scheduler(maxBatch: options.maxBatch)
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

    /// No stream has a token to read.
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

    // MARK: Requests

    package func accept(_ input: EngineInput) {
        switch input {
        case .request(let request):
            statistics.countRequest(bytes: request.text.count)
            enqueue(request)
        case .refusal(let id, let refusal):
            if let id { refuse(id, refusal) } else { refuseUnnamed(refusal) }
            finishedWeight += input.weight
        }
    }

    /// Puts a request in its stream's line.
    func enqueue(_ request: Request) {
        guard let stream = stream(for: request) else { return finish(request) }
        stream.activity += 1
        if stream.work != nil {
            stream.work?.requests.append(request)
        } else {
            stream.work = StreamWork(requests: [request])
            enqueueIfReady(stream)
        }
    }

    /// The stream that a request is about, begun if it is the first text. Nil if it was refused.
    private func stream(for request: Request) -> StreamState? {
        if let stream = table[request.stream] { return stream }
        guard request.operation == .text, !request.text.isEmpty else {
            refuse(
                request.stream,
                Refusal(
                    .noSuchStream,
                    "\(request.operation) without text to a stream that does not exist; expected "
                        + "one that has had text", endpoint: request.endpoint))
            return nil
        }
        guard let slot = table.takeSlot() else {
            refuse(
                request.stream,
                Refusal(
                    .tooManyStreams,
                    "the limit of \(options.maxStreams) streams in a shard is reached; end some",
                    endpoint: request.endpoint))
            return nil
        }
        return begin(request.stream, slot: slot)
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

    private func refuse(_ id: StreamID, _ refusal: Refusal) {
        if let stream = table[id] {
            refreshWanted(stream)
            return refuse(stream, refusal)
        }
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

    func finish(_ request: Request) { finishedWeight += EngineInput.request(request).weight }

    func refreshWanted(_ stream: StreamState) {
        let generation = demand.generation
        guard stream.wantedGeneration != generation else { return }
        stream.wanted = demand.wanted(of: stream.id.utf8)
        stream.wantedGeneration = generation
    }

    // MARK: Timed decisions

    /// The flush that is due for a stream, if it has stayed idle since.
    package func idleFlush(of stream: StreamID, since activity: UInt64) -> Request? {
        guard let state = table[stream], state.work == nil, state.activity == activity else {
            return nil
        }
        return Request(stream: stream, operation: .flush)
    }
}
