package import Engine
import Journal
package import Model
package import Replay
import Storage
import Tokenizer
import Wire

/// Plays a life from some place on and stops behind every token.
///
/// Requests go through a `Shard` one after the other, as when they were live; so a request's events
/// and outcome come with its own tokens.
package final class Track {
    package let history: any History
    private let models: ModelSource
    private let options: EngineOptions
    private var shard: Shard
    private(set) package var model: Model
    /// The fingerprint of whoever read the latest request when it was live.
    private var reader: [UInt8]
    private var text: SourceText
    private var state: StreamSnapshot.State
    /// Of the request to feed next.
    private var nextSequence: UInt64
    private var nextPosition: UInt64
    private var page: ArraySlice<RequestRecord> = []
    private var request: RequestRecord?
    private var isOver = false

    /// - Parameters:
    ///   - start: nil for the history's own beginning.
    ///   - models: may give one model for all fingerprints: it then reads all requests.
    ///   - options: `top` and `kernelTier` count.
    /// - Throws: `StorageError`, `ModelError`, `KernelError`, `SnapshotError`.
    package init(
        _ history: any History, models: @escaping ModelSource, from start: StreamSnapshot? = nil,
        options: EngineOptions = EngineOptions()
    ) throws {
        var options = options
        (options.maxBatch, options.maxStreams) = (1, 1)
        self.history = history
        self.models = models
        self.options = options
        let start = try start ?? history.beginning
        nextSequence = start?.sequence ?? 0
        nextPosition = start?.position ?? 0
        page = try history.requests(from: nextSequence, limit: historyPage)[...]
        model = try Self.model(at: start, page.first, models)
        reader = start?.model.bytes ?? page.first?.model ?? []
        shard = try Self.shard(model, history.life, start, options)
        state = start?.state ?? StreamSnapshot.State()
        text = try SourceText(model, start, history)
    }

    /// Goes on from another place, as if it had begun there.
    package func move(to start: StreamSnapshot?) throws {
        let start = try start ?? history.beginning
        page = try history.requests(from: start?.sequence ?? 0, limit: historyPage)[...]
        let next = try Self.model(at: start, page.first, models)
        if next === model {
            shard.remove(id)
            _ = try shard.install(
                id, start, key: history.life.key, life: history.life.number)
        } else {
            model = next
            shard = try Self.shard(model, history.life, start, options)
        }
        reader = start?.model.bytes ?? page.first?.model ?? []
        (nextSequence, nextPosition) = (start?.sequence ?? 0, start?.position ?? 0)
        state = start?.state ?? StreamSnapshot.State()
        text = try SourceText(model, start, history)
        (request, isOver) = (nil, false)
    }

    private static func model(
        at start: StreamSnapshot?, _ request: RequestRecord?, _ models: ModelSource
    ) throws -> Model {
        if let start { return try models(start.model) }
        guard let request, let fingerprint = Fingerprint(bytes: request.model) else {
            throw WalkError.empty
        }
        return try models(fingerprint)
    }

    private static func shard(
        _ model: Model, _ life: StreamIncarnation, _ start: StreamSnapshot?, _ options: EngineOptions
    ) throws -> Shard {
        try model.requireTokenStates()
        let shard = try Shard(replaying: model, options: options, audiences: [.everything])
        _ = try shard.install(life.name, start, key: life.key, life: life.number)
        return shard
    }

    private var id: StreamID { history.life.name }

    // MARK: Places

    /// Where the track stands, as if nothing had happened there.
    package var standing: WalkPoint {
        let values = self.values
        return WalkPoint(
            position: state.lifeTokens, token: nil, model: model, epoch: state.epoch,
            offset: state.offset, messages: state.messages, request: request, before: values,
            values: values)
    }

    private var values: [Float] {
        state.values.isEmpty
            ? Array(repeating: 0, count: model.network.stateLayout.valueCount) : state.values
    }

    /// What to go on from here with; nil in the middle of tokenised text.
    package var snapshot: StreamSnapshot? {
        shard.isBetweenSlices(id) ? shard.snapshot(of: id) : nil
    }

    /// Overwrites h and c: what is read next is read from there.
    package func setValues(_ values: [Float]) {
        shard.setValues(values, of: id)
        state.values = values
    }

    /// Plays the next token, or what is behind the last one. Nil where nothing is left.
    package func next() throws -> WalkPoint? {
        guard !isOver else { return nil }
        var told = WalkPoint.Told()
        repeat {
            while !shard.isIdle {
                let before = values
                shard.step()
                told.add(shard)
                try checkDamage()
                let last = state
                state = shard.snapshot(of: id)?.state ?? last
                if state.lifeTokens > last.lifeTokens, request?.operation != .put {
                    return point(before, last, told)
                }
            }
        } while try feed()
        isOver = true
        return told.isEmpty ? nil : ending(told)
    }

    private func checkDamage() throws(WalkError) {
        guard let damage = shard.damages[id] else { return }
        throw .damaged(sequence: request?.sequence ?? 0, damage.message)
    }

    private func point(
        _ before: [Float], _ last: StreamSnapshot.State, _ told: WalkPoint.Told
    ) -> WalkPoint {
        var point = standing
        (point.before, point.events, point.outcomes) = (before, told.events, told.outcomes)
        guard let read = state.lastToken else { return point }
        let prediction = told.prediction
        let start = state.messageStart ?? last.messageStart ?? read.offset.lowerBound
        point.token = TokenReading(
            id: read.id, index: state.tokens - 1, message: last.messages, offset: read.offset,
            bytes: Array(model.tokenizer.vocabulary.bytes(of: read.id)),
            source: text.bytes(in: read.offset), surprisal: prediction?.surprisal,
            sentiment: state.sentiment, candidates: prediction?.top ?? [])
        point.text = text.bytes(upTo: read.offset.upperBound, from: start)
        return point
    }

    private func ending(_ told: WalkPoint.Told) -> WalkPoint {
        var point = standing
        point.position += 1
        (point.events, point.outcomes) = (told.events, told.outcomes)
        return point
    }

    // MARK: Feeding

    /// False if no request is left.
    private func feed() throws -> Bool {
        guard shard.contains(id), let record = try takeRecord() else { return false }
        if record.model != reader { try changeModel(for: record) }
        if record.operation == .text {
            try text.append(record.text[Int(nextPosition)...], after: state, of: model)
        }
        shard.replay(
            record, of: id, life: history.life.number, audience: .everything,
            position: nextPosition, outcome: try history.outcome(of: record.sequence))
        request = record
        nextPosition = 0
        return true
    }

    private func takeRecord() throws -> RequestRecord? {
        if page.isEmpty {
            page = try history.requests(from: nextSequence, limit: historyPage)[...]
        }
        guard let record = page.popFirst() else { return nil }
        guard nextPosition <= record.text.count else {
            throw WalkError.foreignSnapshot(sequence: record.sequence)
        }
        nextSequence = record.sequence + 1
        return record
    }

    /// The stream was taken over by another model: it takes the counters, and begins from zero.
    private func changeModel(for record: RequestRecord) throws {
        guard let fingerprint = Fingerprint(bytes: record.model),
            let snapshot = shard.snapshot(of: id)
        else { throw WalkError.foreignSnapshot(sequence: record.sequence) }
        reader = record.model
        let next = try models(fingerprint)
        guard next !== model else { return }
        model = next
        shard = try Self.shard(model, history.life, snapshot, options)
        state.values = []
        text = try SourceText(model, nil, history)
    }
}

/// Why a life cannot be walked through.
package enum WalkError: Error, Equatable, CustomStringConvertible {
    case empty
    case foreignSnapshot(sequence: UInt64)
    case incomplete(requests: UInt64)
    case damaged(sequence: UInt64, String)

    package var description: String {
        switch self {
        case .empty: "there is nothing to walk through: no request of this stream is kept"
        case .foreignSnapshot(let sequence):
            "the state that is kept from request \(sequence) is none of that request"
        case .damaged(let sequence, let reason): "request \(sequence): \(reason)"
        case .incomplete(let requests):
            "its first \(requests) requests are no longer kept; another model can read a stream "
                + "only from its beginning"
        }
    }
}

extension WalkPoint {
    /// What came out of a shard.
    struct Told {
        var events: [Event] = []
        var outcomes: [OutcomeRecord] = []

        var isEmpty: Bool { events.isEmpty && outcomes.isEmpty }

        mutating func add(_ shard: Shard) {
            let frames = shard.takeFrames(output: 0)
            for entry in frames.entries {
                if let event = try? Event(kind: entry.kind, body: frames.body(of: entry)) {
                    events.append(event)
                }
            }
            for case .outcome(let outcome) in shard.takeBatch().records {
                outcomes.append(outcome)
            }
        }

        var prediction: Prediction? {
            for case .next(let prediction) in events.reversed().map(\.payload) {
                return prediction
            }
            return nil
        }
    }
}
