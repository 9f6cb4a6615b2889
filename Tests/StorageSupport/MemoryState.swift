import Names
package import Storage
import Wire

/// What a store in memory holds.
package struct MemoryState: Sendable {
    package struct Stream: Sendable {
        package let incarnation: StreamIncarnation
        package fileprivate(set) var ended: Double?
        package fileprivate(set) var cut: UInt64 = 0
        package fileprivate(set) var requests: [RequestRecord] = []
        package fileprivate(set) var outcomes: [UInt64: OutcomeRecord] = [:]
        /// By place.
        package fileprivate(set) var checkpoints: [CheckpointRecord] = []

        var status: IncarnationStatus {
            IncarnationStatus(
                incarnation: incarnation, ended: ended, cut: cut,
                nextSequence: requests.last.map { $0.sequence + 1 } ?? cut)
        }

        func requests(from sequence: UInt64) -> [RequestRecord] {
            requests.filter { $0.sequence >= sequence }
        }
    }

    package private(set) var streams: [StreamKey: Stream] = [:]
    private(set) var producers: [StreamID: [Name: ProducerRecord]] = [:]
    /// By position, which begins with 1.
    private(set) var log: [(key: StreamKey, sequence: UInt64)] = []
    private(set) var models: [ModelRecord] = []
    private(set) var runs: [RunRecord] = []
    private(set) var lastKey: StreamKey = 0
    private(set) var epoch: UInt64 = 0
    private var isOwned = false
    private var appended: UInt64?
    private var begun: [Int64?]
    private var horizons: [Int64]
    private let maxAge: Double?

    package init(shards: Int, maxAge: Double? = nil) {
        begun = Array(repeating: nil, count: shards)
        horizons = Array(repeating: 1, count: shards)
        self.maxAge = maxAge
    }

    var position: StoragePosition { StoragePosition(Int64(log.count)) }
    package func position(of request: RequestRecord) -> StoragePosition? {
        log.firstIndex { $0.key == request.key && $0.sequence == request.sequence }
            .map { StoragePosition(Int64($0) + 1) }
    }

    package var horizon: StoragePosition { StoragePosition(horizons.min() ?? 1) }

    // MARK: Owners

    mutating func acquire(_ run: RunRecord) -> FenceToken {
        runs.append(run)
        (epoch, isOwned, appended) = (epoch + 1, true, nil)
        return FenceToken(epoch: epoch)
    }

    mutating func release(_ fence: FenceToken, at time: Double) throws(StorageError) {
        try checkOwner(fence)
        runs[runs.count - 1].stopped = time
        isOwned = false
    }

    private func checkOwner(_ fence: FenceToken) throws(StorageError) {
        guard isOwned, fence.epoch == epoch else {
            throw StorageError(
                .notOwner, in: "memory", "owner \(epoch) came last; expected \(fence.epoch)")
        }
    }

    // MARK: Writing

    mutating func append(
        _ batch: StorageBatch, _ fence: FenceToken
    ) throws(StorageError) -> StoragePosition {
        try checkOwner(fence)
        guard appended != batch.number else { return position }
        try write(batch.records)
        appended = batch.number
        return position
    }

    /// All of them, or none.
    package mutating func write(_ records: [StorageRecord]) throws(StorageError) {
        var next = self
        for record in records { try next.write(record) }
        self = next
    }

    private mutating func write(_ record: StorageRecord) throws(StorageError) {
        switch record {
        case .began(let incarnation):
            guard streams[incarnation.key] == nil else { throw contradiction(incarnation.key) }
            streams[incarnation.key] = Stream(incarnation: incarnation)
            lastKey = max(lastKey, incarnation.key)
        case .request(let request): try write(request)
        case .outcome(let outcome):
            let known = streams[outcome.key]?.outcomes[outcome.sequence]
            streams[outcome.key]?.outcomes[outcome.sequence] = known ?? outcome
        case .checkpoint(let checkpoint): write(checkpoint)
        case .producerLeft(let stream, let name): producers[stream]?[name]?.isDone = true
        case .producerForgotten(let stream, let name): producers[stream]?[name] = nil
        case .model(let model):
            models.removeAll { $0.fingerprint == model.fingerprint }
            models.append(model)
        case .ended(let key, let time):
            streams[key]?.ended = time
            streams[key]?.checkpoints.removeAll(where: \.isTemporary)
        case .sweepBegan(let shard): begun[shard] = position.number
        case .sweepEnded(let shard):
            if let position = begun[shard] { horizons[shard] = max(horizons[shard], position + 1) }
            begun[shard] = nil
        }
    }

    private mutating func write(_ request: RequestRecord) throws(StorageError) {
        guard let stream = streams[request.key], request.sequence == stream.status.nextSequence
        else { throw contradiction(request.key) }
        streams[request.key]?.requests.append(request)
        log.append((request.key, request.sequence))
        guard request.isAcknowledged, let number = request.producerSequence else { return }
        let known = producers[stream.incarnation.name]?[request.producer]
        producers[stream.incarnation.name, default: [:]][request.producer] = ProducerRecord(
            producer: request.producer, sequence: max(number, known?.sequence ?? 0),
            time: max(request.time, known?.time ?? request.time), isDone: request.isLast)
    }

    private mutating func write(_ checkpoint: CheckpointRecord) {
        var all = streams[checkpoint.key]?.checkpoints ?? []
        all.removeAll(where: \.isTemporary)
        if !all.contains(where: { $0.place == checkpoint.place }) { all.append(checkpoint) }
        streams[checkpoint.key]?.checkpoints = all.sorted { $0.place < $1.place }
    }

    private func contradiction(_ key: StreamKey) -> StorageError {
        StorageError(
            .damaged, in: "memory", part: "stream \(key)",
            "what is there contradicts what is to be written")
    }

    // MARK: Trimming

    mutating func trim(now: Double, _ fence: FenceToken) throws(StorageError) {
        try checkOwner(fence)
        guard let maxAge else { return }
        var covered: [StreamKey: UInt64] = [:]
        for place in log.prefix(Int(horizon.number) - 1) { covered[place.key] = place.sequence + 1 }
        for (key, end) in covered {
            guard var stream = streams[key] else { continue }
            let old = stream.requests.prefix { $0.time < now - maxAge && $0.sequence < end }
            guard let limit = old.last.map({ $0.sequence + 1 }),
                let base = stream.checkpoints.last(where: { $0.sequence <= limit })
            else { continue }
            stream.cut = max(stream.cut, base.sequence)
            stream.requests.removeAll { $0.sequence < stream.cut }
            stream.checkpoints.removeAll { $0.sequence < stream.cut }
            streams[key] = stream
        }
    }
}
