package import Dispatch
import Metrics
package import Model
import Storage
package import Threads
import Tokenizer
package import Wire

/// Streams of text through a recurrent network, on threads of its own.
///
///     Request → Journal → IncrementalTokenizer → StreamTable → Scheduler → cells → heads → Event
///
/// A stream belongs to one shard by its id, so its state needs no lock and its events stay in
/// order. What is published for it depends on the model and its own requests alone.
package final class Engine: Sendable {
    package let statistics: EngineStatistics
    package let demand: Demand
    private let shards: [ShardThread]
    private let recovering: RunningRecovery

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - outputs: what each output wants; `demand` says of which streams.
    ///   - journal: keeps the requests, and is what streams are restored from; nil to keep nothing.
    ///   - listeners: called with refusals, answers and events, on threads of the engine.
    /// - Throws: `ModelError` or `KernelError` if there is no memory for a shard or no such kernels,
    ///   `StorageError` if the store cannot be read.
    package init(
        model: Model, options: EngineOptions, outputs: [OutputProfile], demand: Demand,
        journal: EngineJournal? = nil, listeners: EngineListeners
    ) throws {
        let (statistics, recovering) = (EngineStatistics(), RunningRecovery())
        (self.statistics, self.demand, self.recovering) = (statistics, demand, recovering)
        if let journal { statistics.residence.stored.set(journal.openStreams) }
        let listeners = listeners.ending(recovering)
        let options = options.keeping(journal != nil)
        let fragments = TokenFragments(model.tokenizer.vocabulary)
        // Made here, so that an error is thrown before there are threads.
        let parts = try (0..<options.shards).map { _ in
            Moved(
                try Shard(
                    model: model, options: options, outputs: outputs, demand: demand,
                    fragments: fragments, statistics: statistics,
                    store: try journal.map { try $0.storage.makeReader() },
                    keys: journal?.thread.keys ?? StreamKeys(next: 1),
                    awaitsRecovery: journal?.awaitsRecovery ?? false,
                    refused: listeners.refused))
        }
        shards = try parts.enumerated().map { index, shard in
            try ShardThread(
                shard, index: index, options: options, outputs: outputs.count,
                journal: journal?.thread, listeners: listeners)
        }
    }

    /// An engine that keeps nothing.
    package convenience init(
        model: Model, options: EngineOptions, outputs: [OutputProfile], demand: Demand,
        refused: @escaping @Sendable (StreamID?, Refusal) -> Void = { _, _ in },
        acknowledged: @escaping @Sendable ([Acknowledgement]) -> Void = { _ in },
        publish: @escaping @Sendable (_ output: Int, _ frames: EventFrames) -> Void
    ) throws {
        var listeners = EngineListeners { output, frames, _ in publish(output, frames) }
        listeners.refused = refused
        listeners.acknowledged = acknowledged
        try self.init(
            model: model, options: options, outputs: outputs, demand: demand,
            listeners: listeners)
    }

    /// Hands inputs to their streams' shards, in order, waiting where a queue is full. False if the
    /// engine has been closed.
    @discardableResult
    package func submit(_ inputs: [EngineInput]) -> Bool {
        if shards.count == 1 { return send(inputs, to: shards[0]) }
        var parts = Array(repeating: [EngineInput](), count: shards.count)
        for input in inputs { parts[shard(of: input)].append(input) }
        // First to all that have room: a full shard must not delay the others.
        let late = shards.indices.filter {
            !parts[$0].isEmpty && offer(parts[$0], to: shards[$0]) != .taken
        }
        return late.allSatisfy { send(parts[$0], to: shards[$0]) }
    }

    /// All streams that are held in memory, in no order; nil once the engine has been closed.
    package func list() -> [ResidentStream]? {
        let found = Gathered<ResidentStream>(parts: shards.count)
        for shard in shards {
            let input = EngineInput.list(StreamSelection()) { found.add($0) }
            guard shard.mailbox.send([input], weight: input.weight) else { return nil }
        }
        return found.wait()
    }

    package var shardCount: Int { shards.count }
    package var pulses: [Pulse] { shards.map(\.pulse) }

    /// From now on these times apply, also to streams that are idle already.
    package func setIdleTimes(_ times: IdleTimes) {
        for shard in shards { shard.setIdleTimes(times) }
    }

    // MARK: What it does now

    /// Of the requests that wait for their streams' turns.
    package var queue: QueueStatistics {
        QueueStatistics("input", of: "requests") { [shards] in shards.map(\.mailbox.load) }
    }

    /// Seconds since everything that was then read was in checkpoints, the greatest of all shards.
    package var checkpointAge: Double {
        let now = DispatchTime.now()
        return shards.map { $0.activity.checkpointAge(at: now) }.max() ?? 0
    }

    // MARK: Input without waiting

    /// What became of inputs that were handed over without waiting.
    package enum Offer: Sendable { case taken, full, closed }

    /// Hands inputs for one stream over, all of them where there is room, without waiting.
    package func offer(_ inputs: [EngineInput], for stream: StreamID) -> Offer {
        offer(inputs, to: shards[shard(of: stream)])
    }

    /// Asks each shard for the streams selected of those that it holds, without waiting.
    ///
    /// - Parameter reply: called once for each shard, unless one has no room.
    package func offerList(
        _ selection: StreamSelection, reply: @escaping @Sendable ([ResidentStream]) -> Void
    ) -> Offer {
        offerToAll(.list(selection, reply: reply))
    }

    /// Asks each shard to checkpoint all streams that have changed, without waiting.
    ///
    /// - Parameter isDone: called once for each shard, unless one has no room.
    package func offerCheckpoint(isDone: @escaping @Sendable () -> Void) -> Offer {
        offerToAll(.checkpoint(isDone: isDone))
    }

    private func offerToAll(_ input: EngineInput) -> Offer {
        for shard in shards {
            let result = offer([input], to: shard)
            guard result == .taken else { return result }
        }
        return .taken
    }

    private func offer(_ inputs: [EngineInput], to shard: ShardThread) -> Offer {
        let weight = inputs.reduce(0) { $0 + $1.weight }
        if shard.mailbox.trySend(inputs, weight: weight) { return .taken }
        return shard.mailbox.isClosed ? .closed : .full
    }

    /// Reads again what the journal has of these streams beyond their checkpoints, and returns when
    /// all has been read. These must be all that there are. An input for one that is not read yet
    /// restores it before its turn.
    ///
    /// - Parameter atOnce: how many are read beside each other.
    /// - Returns: false if a shard failed on the way, or the recovery was ended.
    package func recover(
        _ streams: [StreamID], atOnce: Int = .max,
        progress: @escaping @Sendable (_ left: Int) -> Void = { _ in }
    ) -> Bool {
        let countdown = Countdown(streams.count, atOnce: atOnce, progress: progress)
        recovering.begin(countdown)
        for stream in streams {
            guard countdown.waitForTurn() else { return false }
            let input = EngineInput.recovery(stream) { countdown.countOne() }
            guard send([input], to: shards[shard(of: stream)]) else { return false }
        }
        return countdown.wait() && shards.allSatisfy { send([.recovered], to: $0) }
    }

    /// Stops a stream of which the store was found to be damaged.
    package func stop(_ stream: StreamID, because reason: String) {
        send([.damage(stream, reason)], to: shards[shard(of: stream)])
    }

    /// Recovers no further stream: what is left is for the next start.
    package func endRecovery() { recovering.giveUp() }

    /// Takes no more, finishes what it has, and ends the threads. False if that took longer than
    /// allowed and the rest was dropped.
    package func finish(by deadline: DispatchTime = .distantFuture) -> Bool {
        for shard in shards { shard.mailbox.close() }
        let isDone = shards.map { $0.join(until: deadline) }.allSatisfy { $0 }
        if !isDone { abandon() }
        return isDone
    }

    /// What was not read when the engine was abandoned. Nil if a thread has not ended by the deadline.
    package func unread(by deadline: DispatchTime) -> UnreadInput? {
        shards.reduce(UnreadInput() as UnreadInput?) { sum, shard in
            guard let sum, shard.join(until: deadline) else { return nil }
            return sum + shard.unread
        }
    }

    /// Ends the threads after their present step.
    package func abandon() {
        for shard in shards { shard.abandon() }
    }

    @discardableResult
    private func send(_ inputs: [EngineInput], to shard: ShardThread) -> Bool {
        shard.mailbox.send(inputs, weight: inputs.reduce(0) { $0 + $1.weight })
    }

    private func shard(of input: EngineInput) -> Int {
        switch input {
        case .request(let request): shard(of: request.stream)
        case .refusal(let id, _, _): id.map(shard) ?? 0
        case .snapshot(let id, _), .position(let id, _), .recovery(let id, _), .damage(let id, _),
            .eviction(let id, _):
            shard(of: id)
        case .list, .recovered, .checkpoint: 0
        }
    }

    private func shard(of stream: StreamID) -> Int {
        Int(stream.stableHash % UInt64(shards.count))
    }
}
