import Dispatch
import Engine
import Model
import Names
import Storage
import Wire

/// The next step of a request that waits.
enum ControlWork {
    case show(StreamID)
    case get(StreamID)
    /// Residents so far, and how many shards have not answered yet.
    case list(ControlList, residents: [ResidentStream], shardsLeft: Int)
    /// It must be known first whether there is a stream to end.
    case replacement(StreamSnapshot)
    /// Waits for the answer to the put.
    case put(MovedStream)
    case change(StreamID)
    case evict(StreamID)
    case checkpoint(shardsLeft: Int, start: ContinuousClock.Instant)
    case connections
    case kick(UInt64)
    case reload
    case backfill(StreamID)

    /// The stream that it is about, if it is about one.
    var stream: StreamID? {
        switch self {
        case .show(let stream), .get(let stream), .change(let stream), .evict(let stream),
            .backfill(let stream):
            stream
        case .replacement(let snapshot): snapshot.stream
        case .put(let moved): try? StreamID(moved.stream)
        case .list, .checkpoint, .connections, .kick, .reload: nil
        }
    }
}

/// Carries out control requests, step by step, without waiting.
struct ControlHandler {
    let parts: ControlServer.Parts
    let inbox: ControlInbox
    private let endpoint: String
    private let validator: SnapshotValidator
    private var store: (any StorageReader)?

    init(_ parts: ControlServer.Parts, inbox: ControlInbox, endpoint: String) {
        self.parts = parts
        self.inbox = inbox
        self.endpoint = endpoint
        validator = SnapshotValidator(model: parts.model)
    }

    func status() -> ControlOutcome { ControlOutcome(parts.status()) }

    func begin(
        _ operation: ControlRequest.Operation, _ payload: [UInt8]?, by sender: ControlSender,
        ticket: UInt64
    ) throws(ControlRefusal) -> ControlProgress {
        switch operation {
        case .status: return .done(status())
        case .show(let stream):
            try ask(for: stream, ticket)
            return .waits(.show(stream))
        case .get(let stream):
            try ask(for: stream, ticket)
            return .waits(.get(stream))
        case .list(let list): return try begin(try sender.narrowed(list), ticket)
        case .position(let place): return try begin(place, nil, ticket)
        case .backfill(let backfill): return try begin(backfill.place, backfill, ticket)
        case .put(let name, let replace):
            return try beginPut(payload ?? [], as: name, replace: replace, by: sender, ticket)
        case .reset(let stream): return try change(stream, .reset, ticket)
        case .end(let stream): return try change(stream, .end, ticket)
        case .flush(let stream): return try change(stream, .flush, ticket)
        case .evict, .checkpoint, .connections, .kick, .drain, .lameDuck:
            return try operate(operation, ticket)
        case .reload:
            return try beginReload(ticket) { reloader throws(ReloadError) in
                try reloader.reload()
            }
        case .logLevel(let level):
            return try beginReload(ticket) { reloader throws(ReloadError) in
                try reloader.setLogLevel(level)
            }
        }
    }

    mutating func resume(
        _ work: ControlWork, with answer: ControlInbox.Answer
    ) -> ControlProgress {
        do throws(ControlRefusal) {
            switch (work, answer.content) {
            case (.show(let stream), .snapshot(let snapshot)):
                let snapshot = try Self.existing(snapshot, stream)
                return .done(ControlOutcome(StreamReport(snapshot, model: parts.model)))
            case (.get(let stream), .snapshot(let snapshot)):
                return .done(Self.moved(try Self.existing(snapshot, stream)))
            case (.list(let list, let residents, let left), .residents(let found)):
                let all = residents + found
                guard left == 1 else {
                    return .waits(.list(list, residents: all, shardsLeft: left - 1))
                }
                return .done(ControlOutcome(try listing(list, all)))
            case (.replacement(let snapshot), .snapshot(let replaced)):
                let isThere = try Self.found(replaced) != nil
                return try put(snapshot, ending: isThere, answer.ticket)
            case (.put(let moved), .acknowledgement(let result)):
                return .done(try Self.outcome(result, of: moved))
            case (.change(let stream), .acknowledgement(let result)):
                return .done(try Self.outcome(result, of: ChangedStream(stream: stream.text)))
            case (.evict(let stream), .eviction(let result)):
                return .done(try Self.outcome(result, of: stream))
            case (.checkpoint(let left, let start), .checkpointed):
                guard left == 1 else {
                    return .waits(.checkpoint(shardsLeft: left - 1, start: start))
                }
                let seconds = start.duration(to: .now) / .seconds(1)
                return .done(ControlOutcome(CheckpointReport(seconds: seconds)))
            case (.connections, .connections(let reports)):
                return .done(ControlOutcome(ConnectionList(reports)))
            case (.kick(let id), .kicked(let isThere)):
                guard isThere else { throw .noSuchConnection(id) }
                return .done(ControlOutcome(KickedConnection(connection: id)))
            case (.reload, .reload(.success(let report))): return .done(ControlOutcome(report))
            case (.reload, .reload(.failure(let error))):
                throw ControlRefusal(ControlRefusal.Code.configuration, "\(error)")
            case (.backfill, .backfill(let result)):
                return .done(try Self.outcome(result))
            default: return .waits(work)
            }
        } catch {
            return .done(.refused(error))
        }
    }

    // MARK: Snapshots out

    private func ask(for stream: StreamID, _ ticket: UInt64) throws(ControlRefusal) {
        let inbox = inbox
        let query = EngineInput.snapshot(stream) { inbox.add(.snapshot($0), for: ticket) }
        try Self.check(parts.engine.offer([query], for: stream))
    }

    private static func found(
        _ snapshot: Result<StreamSnapshot?, Refusal>
    ) throws(ControlRefusal) -> StreamSnapshot? {
        switch snapshot {
        case .success(let snapshot): return snapshot
        case .failure(let refusal): throw ControlRefusal(refusal)
        }
    }

    private static func existing(
        _ snapshot: Result<StreamSnapshot?, Refusal>, _ stream: StreamID
    ) throws(ControlRefusal) -> StreamSnapshot {
        guard let snapshot = try found(snapshot) else {
            throw noSuchStream(stream)
        }
        return snapshot
    }

    private static func moved(_ snapshot: StreamSnapshot) -> ControlOutcome {
        let snapshot = snapshot.portable()
        let bytes = snapshot.encoded()
        return ControlOutcome(MovedStream(snapshot, bytes: bytes.count), payload: [bytes])
    }

    // MARK: Snapshots in

    /// The snapshot is validated before a stream is ended for it.
    private func beginPut(
        _ bytes: [UInt8], as name: StreamID?, replace: Bool, by sender: ControlSender,
        _ ticket: UInt64
    ) throws(ControlRefusal) -> ControlProgress {
        let snapshot: StreamSnapshot
        do throws(Refusal) {
            snapshot = try validator.admit(bytes).portable(as: name)
        } catch {
            throw ControlRefusal(error)
        }
        try sender.check(snapshot.stream)
        guard replace else { return try put(snapshot, ending: false, ticket) }
        try ask(for: snapshot.stream, ticket)
        return .waits(.replacement(snapshot))
    }

    /// End and put are offered together, so that no other request comes between them.
    private func put(
        _ snapshot: StreamSnapshot, ending: Bool, _ ticket: UInt64
    ) throws(ControlRefusal) -> ControlProgress {
        let stream = snapshot.stream
        let bytes = snapshot.encoded()
        var requests = [request(stream, .put, ticket, bytes)]
        if ending { requests.insert(request(stream, .end, nil), at: 0) }
        try Self.check(parts.engine.offer(requests.map { .request($0) }, for: stream))
        return .waits(.put(MovedStream(snapshot, bytes: bytes.count)))
    }

    // MARK: Changes

    private func change(
        _ stream: StreamID, _ operation: Request.Operation, _ ticket: UInt64
    ) throws(ControlRefusal) -> ControlProgress {
        let request = request(stream, operation, ticket)
        try Self.check(parts.engine.offer([.request(request)], for: stream))
        return .waits(.change(stream))
    }

    /// - Parameter ticket: of the control request that waits for its answer, if any does.
    private func request(
        _ stream: StreamID, _ operation: Request.Operation, _ ticket: UInt64?,
        _ text: [UInt8] = []
    ) -> Request {
        var request = Request(
            stream: stream, operation: operation, text: text, endpoint: endpoint,
            replyTo: ticket.map { .control(ticket: $0) })
        request.overtakes = operation == .reset || operation == .end
        return request
    }

    /// Off the control thread: reading the configuration may take long.
    private func beginReload(
        _ ticket: UInt64,
        _ body: @escaping @Sendable (Reloader) throws(ReloadError) -> ReloadReport
    ) throws(ControlRefusal) -> ControlProgress {
        guard let reloader = parts.operation.reloader else { throw .stopping }
        let inbox = inbox
        DispatchQueue.global().async {
            let result = Result { () throws(ReloadError) in try body(reloader) }
            inbox.add(.reload(result), for: ticket)
        }
        return .waits(.reload)
    }

    private static func outcome(
        _ result: Acknowledgement.Result, of value: some Encodable
    ) throws(ControlRefusal) -> ControlOutcome {
        if case .refused(let refusal) = result { throw ControlRefusal(refusal) }
        return ControlOutcome(value)
    }

    static func check(_ offer: Engine.Offer) throws(ControlRefusal) {
        switch offer {
        case .taken: break
        case .full: throw .busy
        case .closed: throw .stopping
        }
    }

    // MARK: Lists

    private func begin(
        _ list: ControlList, _ ticket: UInt64
    ) throws(ControlRefusal) -> ControlProgress {
        let inbox = inbox
        let selection = StreamSelection(
            prefix: Array(list.prefix.utf8), after: list.after.map { Array($0.utf8) },
            limit: list.limit + 1)
        try Self.check(
            parts.engine.offerList(selection) { inbox.add(.residents($0), for: ticket) })
        return .waits(.list(list, residents: [], shardsLeft: parts.engine.shardCount))
    }

    private mutating func listing(
        _ list: ControlList, _ residents: [ResidentStream]
    ) throws(ControlRefusal) -> StreamListing {
        do throws(StorageError) {
            var listing = StreamListing(
                list, residents: residents.map(ListedStream.init),
                stored: try openedStore()?.listedStreams(list) ?? [])
            for index in listing.streams.indices where listing.streams[index].damage == nil {
                listing.streams[index].damage = parts.damage(Name(listing.streams[index].stream))
            }
            return listing
        } catch {
            store = nil
            throw ControlRefusal(ControlRefusal.Code.store, "\(error)")
        }
    }

    private mutating func openedStore() throws(StorageError) -> (any StorageReader)? {
        if let store { return store }
        store = try parts.store?.makeReader()
        return store
    }
}
