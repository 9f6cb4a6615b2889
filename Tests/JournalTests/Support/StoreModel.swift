import Journal
import Names
import Storage
import Wire

/// What a store should hold, kept in memory.
struct StoreModel {
    private(set) var incarnations: [StreamKey: StreamIncarnation] = [:]
    private(set) var ended: [StreamKey: Double] = [:]
    private(set) var requests: [StreamKey: [RequestRecord]] = [:]
    private(set) var outcomes: [StreamKey: [UInt64: OutcomeRecord]] = [:]
    private(set) var checkpoints: [StreamKey: [CheckpointRecord]] = [:]
    private(set) var producers: [StreamID: [Name: UInt64]] = [:]
    /// In the order of their positions, which begin with 1.
    private(set) var order: [RequestRecord] = []
    /// By key and sequence.
    private var positions: [StreamKey: [Int]] = [:]
    private var begun: [Int: Int] = [:]
    private var horizons: [Int]

    init(shards: Int) { horizons = Array(repeating: 1, count: shards) }

    var horizon: Int { horizons.min() ?? 1 }

    func position(of request: RequestRecord) -> Int {
        positions[request.key]?[Int(request.sequence)] ?? -1
    }

    mutating func apply(_ entries: [StorageRecord]) {
        for entry in entries { apply(entry) }
    }

    private mutating func apply(_ entry: StorageRecord) {
        switch entry {
        case .began(let incarnation): incarnations[incarnation.key] = incarnation
        case .request(let request): apply(request)
        case .outcome(let outcome):
            if outcomes[outcome.key, default: [:]][outcome.sequence] == nil {
                outcomes[outcome.key, default: [:]][outcome.sequence] = outcome
            }
        case .checkpoint(let checkpoint): apply(checkpoint)
        case .model: break
        case .producerLeft: break
        case .producerForgotten(let stream, let producer): producers[stream]?[producer] = nil
        case .ended(let key, let time):
            ended[key] = time
            checkpoints[key]?.removeAll(where: \.isTemporary)
        case .sweepBegan(let shard): begun[shard] = order.count
        case .sweepEnded(let shard):
            horizons[shard] = max(horizons[shard], (begun[shard] ?? 0) + 1)
        }
    }

    private mutating func apply(_ request: RequestRecord) {
        requests[request.key, default: []].append(request)
        order.append(request)
        positions[request.key, default: []].append(order.count)
        guard request.isAcknowledged, let number = request.producerSequence,
            let name = incarnations[request.key]?.name
        else { return }
        let last = producers[name]?[request.producer] ?? 0
        producers[name, default: [:]][request.producer] = max(last, number)
    }

    private mutating func apply(_ checkpoint: CheckpointRecord) {
        var all = checkpoints[checkpoint.key] ?? []
        all.removeAll(where: \.isTemporary)
        if !all.contains(where: { $0.place == checkpoint.place }) { all.append(checkpoint) }
        checkpoints[checkpoint.key] = all.sorted { $0.place < $1.place }
    }

    /// What `reader` finds otherwise.
    func differences(_ reader: JournalReader) throws -> [String] {
        var found: [String] = []
        for (key, incarnation) in incarnations { try compare(reader, key, incarnation, &found) }
        if try reader.summaries().map(\.incarnation.key).sorted() != incarnations.keys.sorted() {
            found.append("streams")
        }
        for (name, numbers) in producers where try reader.producerNumbers(of: name) != numbers {
            found.append("producers of \(name)")
        }
        let requests = try tail(of: reader, limit: 7).map(\.request)
        if requests != Array(order.dropFirst(horizon - 1)) { found.append("tail") }
        return found
    }

    private func compare(
        _ reader: JournalReader, _ key: StreamKey, _ incarnation: StreamIncarnation,
        _ found: inout [String]
    ) throws {
        let status = try reader.incarnation(incarnation.number, of: incarnation.name)
        if status?.incarnation != incarnation || status?.ended != ended[key] {
            found.append("incarnation \(key)")
        }
        if try reader.requests(of: key) != requests[key] ?? [] { found.append("requests \(key)") }
        let outcomes = (outcomes[key] ?? [:]).values.sorted { $0.sequence < $1.sequence }
        if try reader.outcomes(of: key) != outcomes { found.append("outcomes \(key)") }
        let checkpoints = checkpoints[key] ?? []
        if try reader.checkpoints(of: key).map(\.place) != checkpoints.map(\.place) {
            found.append("checkpoints \(key)")
        }
        for checkpoint in checkpoints {
            let last = checkpoints.last { $0.place <= (Place(checkpoint.sequence, 0)) }
            if try reader.checkpoint(of: key, notAfter: TextPosition(sequence: checkpoint.sequence))
                != last
            {
                found.append("checkpoint \(key)")
            }
        }
        if try reader.latestCheckpoint(of: key) != checkpoints.last {
            found.append("latest \(key)")
        }
    }
}

/// Where in a stream a checkpoint is.
struct Place: Comparable {
    let sequence: UInt64
    let position: UInt64

    init(_ sequence: UInt64, _ position: UInt64) {
        self.sequence = sequence
        self.position = position
    }

    static func < (a: Place, b: Place) -> Bool {
        (a.sequence, a.position) < (b.sequence, b.position)
    }
}

extension CheckpointRecord {
    var place: Place { Place(sequence, position) }
}

extension JournalReader {
    /// The last acknowledged number of each producer.
    func producerNumbers(of stream: StreamID) throws -> [Name: UInt64] {
        Dictionary(
            uniqueKeysWithValues: try producers(of: stream).map { ($0.producer, $0.sequence) })
    }
}
