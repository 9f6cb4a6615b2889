import Journal
import Names
import Storage
import StorageSupport
import TestSupport
import Wire

/// Makes up what an engine of two shards could tell a journal.
struct RandomHistory {
    static let shards = 2

    var random: SeededRandom
    private(set) var model = MemoryState(shards: Self.shards)
    /// Seconds since 1970; each request takes one.
    private(set) var time = 1_700_000_000.0
    private var live: [LiveStream] = []
    private var incarnations: [String: UInt64] = [:]
    private var nextKey: StreamKey = 1

    private struct LiveStream {
        let incarnation: StreamIncarnation
        var next: UInt64 = 0
        var tokens: UInt64 = 0
        var awaited: [UInt64] = []
    }

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// A batch of entries, which the model has seen.
    mutating func batch(_ steps: Int = 12) -> [StorageRecord] {
        var entries: [StorageRecord] = []
        for _ in 0..<Int.random(in: 1...steps, using: &random) { step(&entries) }
        while entries.isEmpty { step(&entries) }
        do {
            try model.write(entries)
        } catch {
            preconditionFailure("the history contradicts itself: \(error)")
        }
        return entries
    }

    private mutating func step(_ entries: inout [StorageRecord]) {
        guard live.count > 2, let place = live.indices.randomElement(using: &random) else {
            return begin(&entries)
        }
        switch Int.random(in: 0..<40, using: &random) {
        case 0, 1: begin(&entries)
        case 2: end(place, &entries)
        case 3, 4: settle(place, isTemporary: true, &entries)
        case 5, 6: settle(place, isTemporary: false, &entries)
        case 7: sweep(Int.random(in: 0..<Self.shards, using: &random), &entries)
        case 8..<18: answer(place, &entries)
        default: accept(place, &entries)
        }
    }

    private mutating func begin(_ entries: inout [StorageRecord]) {
        let name = "stream/\(Int.random(in: 0..<12, using: &random))"
        guard !live.contains(where: { $0.incarnation.name.text == name }),
            let id = try? StreamID(name)
        else { return }
        let incarnation = StreamIncarnation(
            key: nextKey, name: id, number: incarnations[name] ?? 0, began: time)
        nextKey += 1
        incarnations[name, default: 0] += 1
        live.append(LiveStream(incarnation: incarnation))
        entries.append(.began(incarnation))
    }

    private mutating func accept(
        _ place: Int, _ operation: Request.Operation = .text, _ entries: inout [StorageRecord]
    ) {
        time += 1
        var request = RequestRecord(
            key: live[place].incarnation.key, sequence: live[place].next, time: time,
            operation: operation, more: Bool.random(using: &random),
            text: random.bytes(Int.random(in: 0..<60, using: &random)),
            model: [UInt8](repeating: UInt8.random(in: 1...3, using: &random), count: 32))
        if Bool.random(using: &random) { request.endpoint = "tcp://*:5555" }
        if Bool.random(using: &random) {
            request.producer = ["", "one", "two\u{e9}"].randomElement(using: &random) ?? ""
            request.producerSequence = live[place].next &* 0x9E37_79B9_7F4A_7C15
            request.isAcknowledged = Bool.random(using: &random)
        }
        live[place].awaited.append(live[place].next)
        live[place].next += 1
        entries.append(.request(request))
    }

    private mutating func accept(_ place: Int, _ entries: inout [StorageRecord]) {
        accept(place, .text, &entries)
    }

    private mutating func answer(_ place: Int, _ entries: inout [StorageRecord]) {
        guard let sequence = live[place].awaited.first else { return }
        live[place].awaited.removeFirst()
        live[place].tokens += UInt64.random(in: 0...5, using: &random)
        entries.append(
            .outcome(
                OutcomeRecord(
                    key: live[place].incarnation.key, sequence: sequence, epoch: sequence / 10,
                    tokens: live[place].tokens, offset: live[place].tokens * 4,
                    stateDigest: random.bytes(16),
                    eventsDigest: Bool.random(using: &random) ? random.bytes(16) : nil,
                    audience: ["", "next", "next sentiment"].randomElement(using: &random) ?? "")))
    }

    /// All that has been accepted is answered, then the stream is checkpointed.
    private mutating func settle(
        _ place: Int, isTemporary: Bool, _ entries: inout [StorageRecord]
    ) {
        while !live[place].awaited.isEmpty { answer(place, &entries) }
        let stream = live[place]
        entries.append(
            .checkpoint(
                CheckpointRecord(
                    key: stream.incarnation.key, sequence: stream.next, position: 0,
                    epoch: stream.next / 10, tokens: stream.tokens, time: time,
                    isTemporary: isTemporary, model: [UInt8](repeating: 1, count: 32),
                    snapshot: random.bytes(Int.random(in: 0..<6000, using: &random)))))
    }

    private mutating func sweep(_ shard: Int, _ entries: inout [StorageRecord]) {
        entries.append(.sweepBegan(shard: shard))
        accept(live.indices.first ?? 0, &entries)
        for place in live.indices where Int(live[place].incarnation.key) % Self.shards == shard {
            settle(place, isTemporary: Int.random(in: 0..<4, using: &random) > 0, &entries)
        }
        entries.append(.sweepEnded(shard: shard))
    }

    private mutating func end(_ place: Int, _ entries: inout [StorageRecord]) {
        accept(place, .end, &entries)
        while !live[place].awaited.isEmpty { answer(place, &entries) }
        entries.append(.ended(live[place].incarnation.key, time: time))
        live.remove(at: place)
    }
}
