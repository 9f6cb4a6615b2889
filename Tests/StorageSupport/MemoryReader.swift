import Storage
import Wire

/// A reader of a store in memory.
final class MemoryReader: HistoryReader {
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

    func backlog(of name: StreamID) throws(StorageError) -> StreamBacklog? {
        try storage.checkFault(of: .backlog)
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

    func summaries(
        _ selection: SummarySelection, passedOver: (StorageError) -> Void
    ) -> [IncarnationSummary] {
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

    // MARK: History

    private func stream(_ key: StreamKey) -> MemoryState.Stream? {
        storage.read { $0.streams[key] }
    }

    func incarnation(of key: StreamKey) -> IncarnationStatus? { stream(key)?.status }

    func incarnation(_ number: UInt64, of name: StreamID) -> IncarnationStatus? {
        storage.read { state in
            Self.incarnations(state, of: name).first { $0.incarnation.number == number }?.status
        }
    }

    func requests(of key: StreamKey, from sequence: UInt64, limit: Int) -> [RequestRecord] {
        Array((stream(key)?.requests(from: sequence) ?? []).prefix(limit))
    }

    func outcomes(of key: StreamKey, from sequence: UInt64, limit: Int) -> [OutcomeRecord] {
        let all = (stream(key)?.outcomes.values).map(Array.init) ?? []
        return Array(
            all.filter { $0.sequence >= sequence }.sorted { $0.sequence < $1.sequence }
                .prefix(limit))
    }

    func firstSequence(of key: StreamKey, atOrAfter time: Double) -> UInt64? {
        stream(key)?.requests.first { $0.time >= time }?.sequence
    }

    func checkpoints(of key: StreamKey) -> [CheckpointRecord] {
        (stream(key)?.checkpoints ?? []).map {
            var checkpoint = $0
            checkpoint.snapshot = []
            return checkpoint
        }
    }

    func checkpoint(of key: StreamKey, atOrBeforeToken token: UInt64) -> CheckpointRecord? {
        stream(key)?.checkpoints.last { $0.tokens <= token }
    }

    func modelSegments(of key: StreamKey) -> [ModelSegment] {
        var segments: [ModelSegment] = []
        for request in stream(key)?.requests ?? [] where request.model != segments.last?.model {
            segments.append(ModelSegment(model: request.model, first: request.sequence))
        }
        return segments
    }

    func textByteCount(of key: StreamKey) -> Int {
        (stream(key)?.requests ?? []).filter { $0.operation == .text }.map(\.text.count).reduce(
            0, +)
    }

    func requestCount() -> Int {
        storage.read { $0.streams.values.map(\.requests.count).reduce(0, +) }
    }

    func labels() -> [String] {
        storage.read { state in
            Set(state.streams.values.flatMap { $0.outcomes.values.map(\.audience) }).sorted()
        }
    }

    func models() -> [ModelRecord] { storage.read { $0.models } }
    func runs() -> [RunRecord] { storage.read { $0.runs } }
    func fileNames(ofModel fingerprint: [UInt8]) -> [String] { [] }
    func filePart(ofModel fingerprint: [UInt8], _ name: String, _ part: Int) -> [UInt8]? { nil }

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
