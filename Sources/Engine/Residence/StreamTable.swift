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

    /// What is known of the first of those selected, in order, without their states.
    func residents(_ selection: StreamSelection) -> [ResidentStream] {
        var first = FirstNames(selection.limit)
        for name in streams.keys where selection.contains(name) { first.add(name) }
        return first.names.compactMap { streams[$0].map(ResidentStream.init) }
    }

    var hasFreeSlot: Bool { !freeSlots.isEmpty || usedSlots < capacity }

    /// A slot for a new stream; nil if the shard is full.
    mutating func takeSlot() -> Int32? {
        if let slot = freeSlots.popLast() { return slot }
        guard usedSlots < capacity else { return nil }
        defer { usedSlots += 1 }
        return usedSlots
    }

    var all: some Sequence<StreamState> { streams.values }

    mutating func insert(_ stream: StreamState) { streams[stream.id] = stream }

    mutating func remove(_ stream: StreamState) {
        streams[stream.id] = nil
        freeSlots.append(stream.slot)
        // A dictionary does not become smaller by itself.
        if streams.capacity > 4096, streams.count < streams.capacity / 8 {
            streams = Dictionary(uniqueKeysWithValues: streams.map { ($0, $1) })
        }
    }
}
