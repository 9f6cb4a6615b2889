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

/// The first so many of many names, without sorting all of them.
private struct FirstNames {
    private var found: [StreamID] = []
    /// Names from here on are not among the first.
    private var bound: StreamID?
    private let limit: Int

    init(_ limit: Int) { self.limit = limit }

    mutating func add(_ name: StreamID) {
        if let bound, !Self.precedes(name, bound) { return }
        found.append(name)
        guard found.count >= 64, found.count / 2 >= limit else { return }
        found = names
        bound = found.last
    }

    var names: [StreamID] { Array(found.sorted(by: Self.precedes).prefix(limit)) }

    private static func precedes(_ a: StreamID, _ b: StreamID) -> Bool {
        a.utf8.lexicographicallyPrecedes(b.utf8)
    }
}

extension ResidentStream {
    init(_ stream: StreamState) {
        self.init(
            stream: stream.id, life: stream.journal.life, epoch: stream.epoch,
            tokens: stream.lifeTokens, messages: stream.lifeMessages,
            lastInput: stream.lastInput, isIdle: stream.work == nil,
            isQuarantined: stream.isQuarantined)
    }
}
