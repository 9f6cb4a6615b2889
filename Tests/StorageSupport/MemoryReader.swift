import Storage
import Wire

/// A reader of a store in memory.
final class MemoryReader: StorageReader {
    private let storage: MemoryStorage

    init(_ storage: MemoryStorage) { self.storage = storage }

    var name: String { storage.name }
    var isReadable: Bool { true }

    func horizon() -> StoragePosition { storage.read { $0.horizon } }

    func read(from position: StoragePosition, limit: Int) -> StoragePage {
        storage.read { state in
            var entries: [StoragePage.Entry] = []
            var next = max(position, .start)
            while entries.count < limit, next <= state.position {
                if let entry = Self.entry(state, at: next) { entries.append(entry) }
                next = next.next
            }
            return StoragePage(entries, next: next, end: next <= state.position ? .more : .caughtUp)
        }
    }

    private static func entry(
        _ state: MemoryState, at position: StoragePosition
    ) -> StoragePage.Entry? {
        let place = state.log[Int(position.number) - 1]
        guard let stream = state.streams[place.key],
            let request = stream.requests.first(where: { $0.sequence == place.sequence })
        else { return nil }
        return StoragePage.Entry(
            position: position, incarnation: stream.incarnation, isEnded: stream.ended != nil,
            request: request)
    }

    func unfinishedStreams() -> [StreamID] {
        storage.read { state in
            let tail = state.log.dropFirst(Int(state.horizon.number) - 1)
            let found = Dictionary(grouping: tail, by: \.key).compactMap { key, places in
                state.streams[key].map { (stream: $0, places: places) }
            }
            let unfinished = found.filter { stream, places in
                let last = places.last?.sequence ?? 0
                return stream.ended == nil && !stream.checkpoints.contains { $0.sequence > last }
            }
            let names = unfinished.sorted { $0.places.count < $1.places.count }
                .map(\.stream.incarnation.name)
            var known: Set<StreamID> = []
            return names.filter { known.insert($0).inserted }
        }
    }

    func latestIncarnation(of stream: StreamID) -> IncarnationStatus? {
        storage.read { Self.incarnations($0, of: stream).last?.status }
    }

    func producers(of stream: StreamID) -> [ProducerRecord] {
        storage.read { $0.producers[stream].map { Array($0.values) } ?? [] }
    }

    func checkpoint(of key: StreamKey, notAfter position: TextPosition?) -> CheckpointRecord? {
        storage.read { state in
            state.streams[key]?.checkpoints.last { checkpoint in
                position.map { checkpoint.place <= $0 } ?? true
            }
        }
    }

    func backlog(of name: StreamID) -> StreamBacklog? {
        let producers = producers(of: name)
        return storage.read { state in
            let open = Self.incarnations(state, of: name).reversed().prefix { $0.ended == nil }
            guard let first = open.last, let latest = open.first else { return nil }
            let checkpoint = first.checkpoints.last
            let unread = open.reversed().flatMap { stream in
                let isFirst = stream.incarnation.key == first.incarnation.key
                return stream.requests(from: isFirst ? checkpoint?.sequence ?? 0 : 0).map {
                    StreamBacklog.Entry(
                        request: $0, incarnation: stream.incarnation,
                        outcome: stream.outcomes[$0.sequence])
                }
            }
            return StreamBacklog(
                first: first.incarnation, latest: latest.status, checkpoint: checkpoint,
                unread: unread, lastOperation: latest.requests.last?.operation,
                producers: producers)
        }
    }

    func summaries(_ selection: SummarySelection) -> [IncarnationSummary] {
        storage.read { state in
            let all = state.streams.values.filter { stream in
                let name = stream.incarnation.name.text
                return name.utf8.starts(with: selection.prefix.utf8)
                    && (selection.includesEnded || stream.ended == nil)
                    && selection.after.map { Self.precedes($0, stream.incarnation) } ?? true
            }
            let page = all.sorted { Self.precedes($0.incarnation, $1.incarnation) }
                .prefix(selection.limit)
            return page.map { IncarnationSummary($0) }
        }
    }

    /// Of one name, in order.
    private static func incarnations(
        _ state: MemoryState, of name: StreamID
    ) -> [MemoryState.Stream] {
        state.streams.values.filter { $0.incarnation.name == name }
            .sorted { $0.incarnation.number < $1.incarnation.number }
    }

    private static func precedes(_ a: StreamIncarnation, _ b: StreamIncarnation) -> Bool {
        a.name == b.name
            ? a.number < b.number : a.name.utf8.lexicographicallyPrecedes(b.name.utf8)
    }
}

extension IncarnationSummary {
    init(_ stream: MemoryState.Stream) {
        self.init(stream.incarnation)
        let outcome = stream.outcomes.max { $0.key < $1.key }?.value
        let checkpoint = stream.checkpoints.last
        (ended, cut) = (stream.ended, stream.cut)
        requests = UInt64(stream.requests.count)
        firstTime = stream.requests.first?.time
        lastInput = stream.requests.last { $0.operation.isInput(endpoint: $0.endpoint) }?.time
        tokens = max(outcome?.tokens ?? 0, checkpoint?.tokens ?? 0)
        epoch = max(outcome?.epoch ?? 0, checkpoint?.epoch ?? 0)
        model = stream.requests.last?.model ?? checkpoint?.model
        lastOperation = stream.requests.last?.operation
    }
}
