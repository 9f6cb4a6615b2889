package import Dispatch
package import Model
import Tokenizer
package import Wire

/// Streams of text through a recurrent network, on threads of its own.
///
///     Request → IncrementalTokenizer → StreamTable → Scheduler → cells → heads → Event
///
/// A stream belongs to one shard by its id, so its state needs no lock and its events stay in
/// order. What is published for it depends on the model and its own requests alone.
package final class Engine: Sendable {
    package let statistics: EngineStatistics
    package let demand: Demand
    private let shards: [ShardThread]

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - outputs: what each output wants; `demand` says of which streams.
    ///   - refused: hears of every refusal, on a shard's thread.
    ///   - acknowledged: takes the answers to inputs that have a route, each stream's in order, on
    ///     a shard's thread. It must not wait.
    ///   - publish: takes the events for an output, by its index, on a shard's thread. It may block
    ///     to hold the shard back.
    /// - Throws: `ModelError` or `KernelError` if a shard cannot have its memory or its kernels.
    package init(
        model: Model, options: EngineOptions, outputs: [OutputProfile], demand: Demand,
        refused: @escaping @Sendable (StreamID?, Refusal) -> Void = { _, _ in },
        acknowledged: @escaping @Sendable ([Acknowledgement]) -> Void = { _ in },
        publish: @escaping @Sendable (_ output: Int, _ frames: EventFrames) -> Void
    ) throws {
        let statistics = EngineStatistics()
        let vocabulary = model.tokenizer.vocabulary
        let fragments = TokenFragments(count: vocabulary.count) { Array(vocabulary.bytes(of: $0)) }
        self.statistics = statistics
        self.demand = demand
        // Made here, so that what fails, fails before there are threads.
        let parts = try (0..<options.shards).map { _ in
            MovedShard(
                try Shard(
                    model: model, options: options, outputs: outputs, demand: demand,
                    fragments: fragments, statistics: statistics, refused: refused))
        }
        shards = parts.enumerated().map { index, shard in
            ShardThread(
                shard, name: "shard \(index)", options: options, outputs: outputs.count,
                acknowledged: acknowledged, publish: publish)
        }
    }

    /// Hands inputs to their streams' shards, in order, waiting where a queue is full. False if the
    /// engine has been closed.
    @discardableResult
    package func submit(_ inputs: [EngineInput]) -> Bool {
        if shards.count == 1 { return send(inputs, to: shards[0]) }
        var parts = Array(repeating: [EngineInput](), count: shards.count)
        for input in inputs { parts[shard(of: input)].append(input) }
        // First to all that have room: a full shard must not keep the others waiting.
        let late = shards.indices.filter { !parts[$0].isEmpty && !offer(parts[$0], to: shards[$0]) }
        return late.allSatisfy { send(parts[$0], to: shards[$0]) }
    }

    /// Takes no more, finishes what it has, and ends the threads. False if that took longer than
    /// allowed and the rest was dropped.
    package func finish(by deadline: DispatchTime = .distantFuture) -> Bool {
        for shard in shards { shard.mailbox.close() }
        let isDone = shards.map { $0.join(until: deadline) }.allSatisfy { $0 }
        if !isDone { abandon() }
        return isDone
    }

    /// Ends the threads after the step that they are in.
    package func abandon() {
        for shard in shards { shard.abandon() }
    }

    private func offer(_ inputs: [EngineInput], to shard: ShardThread) -> Bool {
        shard.mailbox.trySend(inputs, weight: inputs.reduce(0) { $0 + $1.weight })
    }

    private func send(_ inputs: [EngineInput], to shard: ShardThread) -> Bool {
        shard.mailbox.send(inputs, weight: inputs.reduce(0) { $0 + $1.weight })
    }

    private func shard(of input: EngineInput) -> Int {
        switch input {
        case .request(let request): shard(of: request.stream)
        case .refusal(let id?, _, _): shard(of: id)
        case .refusal(nil, _, _): 0
        }
    }

    private func shard(of stream: StreamID) -> Int {
        Int(stream.stableHash % UInt64(shards.count))
    }
}
