internal import GRDB
internal import Names
internal import Storage
internal import Wire

/// One transaction of the writer, and the state it leads to.
struct WriteTransaction {
    let db: Database
    let caches: WriteCaches
    var state: StoreState
    var sweeps: Sweeps
    let run: Int64?
    private var acknowledged: [AcknowledgedProducer: ProducerRow] = [:]

    init(db: Database, caches: WriteCaches, state: StoreState, sweeps: Sweeps, run: Int64?) {
        self.db = db
        self.caches = caches
        self.state = state
        self.sweeps = sweeps
        self.run = run
    }

    mutating func write(_ entry: StorageRecord) throws {
        switch entry {
        case .began(let incarnation): try begin(incarnation)
        case .request(let request): try write(request)
        case .outcome(let outcome): try write(outcome)
        case .checkpoint(let checkpoint): try write(checkpoint)
        case .producerLeft(let stream, let producer): try leave(stream, producer)
        case .producerForgotten(let stream, let producer): try forget(stream, producer)
        case .model(let model):
            _ = try caches.model(db, model.fingerprint, folder: model.folder)
        case .ended(let key, let time): try end(key, at: time)
        case .sweepBegan(let shard): sweeps.begin(shard, position: state.position)
        case .sweepEnded(let shard): sweeps.end(shard)
        }
    }

    func begin(_ record: RunRecord) throws -> RunRow {
        let model = try caches.model(db, record.model)
        let row = RunRow(id: try caches.nextID(db, "run"), run: record, model: model)
        try row.insert(into: db)
        return row
    }

    /// What is written once for the whole transaction.
    mutating func finish() throws {
        for row in acknowledged.values { try raise(row) }
        state.commits += 1
        state.horizon = max(state.horizon, sweeps.horizon)
        try state.update(in: db)
    }

    private mutating func begin(_ incarnation: StreamIncarnation) throws {
        try StreamRow(incarnation).insert(into: db)
        state.streams = max(state.streams, incarnation.key)
        caches.remember(incarnation)
    }

    private mutating func write(_ request: RequestRecord) throws {
        state.position += 1
        let row = RequestRow(
            position: state.position, request: request, run: run,
            endpoint: try request.endpoint.map { try caches.label(db, $0) },
            model: try caches.model(db, request.model))
        try row.insert(into: db)
        caches.remember(request.key, request.sequence, at: state.position)
        if request.isAcknowledged { try acknowledge(request) }
    }

    /// Replaying after a crash brings outcomes again: the first one stays, which tells what was
    /// published.
    private func write(_ outcome: OutcomeRecord) throws {
        let row = OutcomeRow(
            position: try caches.takePosition(db, outcome.key, outcome.sequence),
            outcome: outcome, audience: try caches.label(db, outcome.audience))
        try row.insertIfMissing(into: db)
    }

    private func end(_ key: StreamKey, at time: Double) throws {
        guard var row = try StreamRow.read(db, key) else {
            throw RowDamage(part: "stream, id \(key)", "it is missing, but its end has come")
        }
        row.ended = time
        try row.update(in: db)
        try deleteTemporaryCheckpoint(of: key)
    }

    private mutating func acknowledge(_ request: RequestRecord) throws {
        guard let sequence = request.producerSequence else { return }
        let stream = try caches.name(db, of: request.key)
        let key = AcknowledgedProducer(stream: stream, producer: request.producer)
        let row = ProducerRow(
            name: Name(stream.text), producer: request.producer, sequence: sequence,
            time: request.time, isDone: request.isLast)
        acknowledged[key] = acknowledged[key].map { row.raised(from: $0) } ?? row
    }

    private func raise(_ row: ProducerRow) throws {
        guard let stored = try producer(row.name, row.producer) else {
            return try row.insert(into: db)
        }
        try update(row.raised(from: stored))
    }

    private func producer(_ name: Name, _ producer: Name) throws -> ProducerRow? {
        try ProducerRow.fetchOne(
            db, "producer WHERE \(ProducerRow.place)", [name.field, producer.field])
    }

    private func update(_ row: ProducerRow) throws {
        let statement = try db.cachedStatement(
            sql: """
                UPDATE producer SET sequence = ?3, time = ?4, checksum = ?5
                WHERE name = ?1 AND producer = ?2
                """)
        try ProducerRow.table.execute(statement, row.values)
    }

    private mutating func leave(_ stream: StreamID, _ name: Name) throws {
        let key = AcknowledgedProducer(stream: stream, producer: name)
        guard acknowledged[key] == nil else {
            acknowledged[key]?.isDone = true
            return
        }
        guard var row = try producer(Name(stream.text), name) else { return }
        row.isDone = true
        try update(row)
    }

    private mutating func forget(_ stream: StreamID, _ producer: Name) throws {
        acknowledged[AcknowledgedProducer(stream: stream, producer: producer)] = nil
        let statement = try db.cachedStatement(
            sql: "DELETE FROM producer WHERE \(ProducerRow.place)")
        try statement.execute(
            arguments: StatementArguments([stream.text.field, producer.field]))
    }
}

private struct AcknowledgedProducer: Hashable {
    let stream: StreamID
    let producer: Name
}

extension ProducerRow {
    /// What a row of the same producer becomes with this later one.
    fileprivate func raised(from earlier: ProducerRow) -> ProducerRow {
        var raised = self
        raised.sequence = max(sequence, earlier.sequence)
        raised.time = max(time, earlier.time)
        return raised
    }
}
