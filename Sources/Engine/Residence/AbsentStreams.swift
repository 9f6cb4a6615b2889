import Model
import Storage
import Wire

/// Streams that are not in memory: as the store has them, or as it will once the journal is on disk.
/// All that a shard asks of the store, it asks here.
final class AbsentStreams {
    /// Nil where nothing is stored.
    private let store: (any StorageReader)?
    private let model: Fingerprint
    private var dormant = DormantStreams()
    private var damaged = DamagedStreams()
    /// What made the store unusable: what a stream was before can no longer be known.
    private(set) var failure: (any Error)?
    /// Called with the reason why the store cannot be read now; its driver waits, and returns
    /// whether to try again. Called with nil once it can be read.
    private var storeStalled: (StorageError?) -> Bool = { _ in false }

    init(store: (any StorageReader)?, model: Fingerprint) {
        self.store = store
        self.model = model
    }

    var hasStore: Bool { store != nil }

    func onStall(_ body: @escaping (StorageError?) -> Bool) { storeStalled = body }

    /// More streams have something to read than memory may hold.
    func failForRoom(for id: StreamID) {
        guard let store, failure == nil else { return }
        failure = StorageError(
            .missing, in: store.name, part: id.text,
            "more streams have something to read at once than one thread may hold; raise "
                + "engine.max_streams")
    }

    // MARK: What is known of one

    /// The stream as it was left; nil if there is none that continues.
    ///
    /// - Throws: why the stream is stopped.
    func find(_ id: StreamID) throws(Refusal) -> StoredStream? {
        if let departed = dormant[id] {
            guard let snapshot = departed.snapshot else { return nil }
            let intake = departed.intake
            return StoredStream(
                id: id, key: intake.key, incarnation: intake.incarnation, intake: intake,
                snapshot: snapshot)
        }
        return try read(id) { [model] store throws in
            guard let stream = try store.stream(id) else { return nil }
            guard stream.unread.allSatisfy({ $0.request.model == model.bytes }) else {
                throw StorageError(
                    .foreign, in: store.name, part: id.text,
                    "its unfinished requests were read by another model; serve that model once "
                        + "more to finish them")
            }
            return stream
        }
    }

    /// How far the last incarnation of this name was accepted, once it has ended.
    ///
    /// - Throws: why the stream is stopped.
    func lastIntake(of id: StreamID) throws(Refusal) -> StreamIntake? {
        if let departed = dormant[id] { return departed.intake }
        return try read(id) { store throws in try store.lastIntake(of: id) }
    }

    /// After a failure nothing more is asked: what a stream was can no longer be known.
    private func read<Result>(
        _ id: StreamID, _ body: (any StorageReader) throws -> Result?
    ) throws(Refusal) -> Result? {
        guard let store, failure == nil else { return nil }
        if let damage = damaged[id] { throw damage }
        var isStalled = false
        while true {
            let problem: any Error
            do {
                let result = try body(store)
                if isStalled { _ = storeStalled(nil) }
                return result
            } catch {
                problem = error
            }
            if let damage = damage(id, from: problem, in: store) {
                if isStalled { _ = storeStalled(nil) }
                throw damage
            }
            guard let error = problem as? StorageError, error.mayPass, storeStalled(error) else {
                failure = problem
                return nil
            }
            isStalled = true
        }
    }

    // MARK: Departures

    /// Until the journal has it on disk, what is known of a stream stays here.
    ///
    /// - Parameters:
    ///   - snapshot: nil if the stream has ended.
    ///   - batch: the batch that has its departure.
    func add(_ id: StreamID, _ intake: StreamIntake, _ snapshot: StreamSnapshot?, batch: UInt64) {
        guard store != nil else { return }
        dormant.insert(id, .init(intake: intake, snapshot: snapshot, batch: batch))
    }

    /// The stream is in memory again.
    func remove(_ id: StreamID) { dormant.remove(id) }

    /// The store has all batches up to this one.
    func forget(committed batch: UInt64) { dormant.forget(upTo: batch) }

    // MARK: Damage

    /// The streams known to be stopped, and why.
    var damages: [StreamID: Refusal] { damaged.refusals }

    func noteDamage(_ id: StreamID, _ damage: Refusal) { damaged.insert(id, damage) }

    func takeDamages() -> [StreamID: Refusal] {
        guard !damaged.refusals.isEmpty else { return [:] }
        defer { damaged = DamagedStreams() }
        return damaged.refusals
    }

    /// What reading a stream failed with; nil if every stream would fail with it.
    private func damage(
        _ id: StreamID, from error: any Error, in store: any StorageReader
    ) -> Refusal? {
        let damage = Refusal.damaged("\(error)")
        switch (error as? StorageError)?.code {
        case .damaged, .foreign, nil: damaged.insert(id, damage)
        // Where the rest can be read, only the rows of this stream cannot; they may be later.
        case .io: if !store.isReadable { return nil }
        case .unreadable, .readOnly, .inUse, .exists, .locked, .moved, .full, .missing, .notOwner,
            .unknownOutcome, .partial:
            return nil
        }
        return damage
    }
}
