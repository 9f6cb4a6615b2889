import Wire

/// The streams of one shard by id, and the slots of the slab that they hold.
struct StreamTable {
    private var streams: [StreamID: StreamState] = [:]
    private var freeSlots: [Int32] = []
    private var usedSlots: Int32 = 0
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { streams.count }

    subscript(id: StreamID) -> StreamState? { streams[id] }

    /// What is known of each, without its state.
    var summaries: [StreamSummary] {
        streams.values.map { stream in
            StreamSummary(
                stream: stream.id, life: stream.journal.life, epoch: stream.epoch,
                tokens: stream.lifeTokens, messages: stream.lifeMessages,
                isIdle: stream.work == nil, isQuarantined: stream.isQuarantined)
        }
    }

    /// A slot for a new stream; nil if the shard is full.
    mutating func takeSlot() -> Int32? {
        if let slot = freeSlots.popLast() { return slot }
        guard usedSlots < capacity else { return nil }
        defer { usedSlots += 1 }
        return usedSlots
    }

    mutating func insert(_ stream: StreamState) { streams[stream.id] = stream }

    mutating func remove(_ stream: StreamState) {
        streams[stream.id] = nil
        freeSlots.append(stream.slot)
    }
}
