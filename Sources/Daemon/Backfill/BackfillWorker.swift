import Engine
import Model
import Names
import Replay
import Storage
import Wire

/// Carries out the requests of `BackfillService`, on its thread.
struct BackfillWorker {
    private let storage: any Storage
    private let models = ModelCache()
    private let outputs: [OutputProfile]
    private let options: EngineOptions
    /// Why a stream is stopped, if it is: nothing more of it will be published.
    private let damage: @Sendable (Name) -> String?
    private let isCancelled: () -> Bool
    /// Opened for the first request, and anew after an error.
    private var store: SessionStore?

    init(
        _ storage: any Storage, model: Model, outputs: [OutputProfile], options: EngineOptions,
        damage: @escaping @Sendable (Name) -> String?, isCancelled: @escaping () -> Bool
    ) {
        self.damage = damage
        self.storage = storage
        self.outputs = outputs
        self.options = options
        self.isCancelled = isCancelled
        models.add(model)
    }

    mutating func answer(
        _ work: BackfillService.Work
    ) -> Result<BackfillService.Answer, ControlRefusal> {
        do {
            if isCancelled() { throw BackfillError.cancelled }
            let session = try session(of: work.place)
            let number = session.incarnation.number
            let position = work.position.flatMap { $0.incarnation == number ? $0.progress : nil }
            let backfill = Backfill(
                session, of: outputs[work.place.output], upTo: position, options: options,
                isCancelled: isCancelled)
            guard let asked = work.backfill else {
                var found = try Self.position(session, backfill)
                if found.pending, damage(Name(found.stream)) != nil { found.pending = false }
                return .success(.position(found))
            }
            return .success(try page(session, backfill, asked))
        } catch let refusal as ControlRefusal {
            return .failure(refusal)
        } catch {
            store = nil
            return .failure(Self.refusal(error))
        }
    }

    private mutating func opened() throws(StorageError) -> SessionStore {
        if let store { return store }
        let opened = try SessionStore(storage, models: models)
        store = opened
        return opened
    }

    private mutating func session(of place: ControlPosition) throws -> Session {
        let store = try opened()
        let stream = place.stream
        guard let latest = try store.reader.latestIncarnation(of: stream)?.incarnation else {
            throw ControlRefusal(
                Refusal.Code.noSuchStream.rawValue,
                "the store has no stream '\(stream.text)'; it has had no text, or nothing of it is kept"
            )
        }
        let number = place.incarnation ?? latest.number
        guard try store.reader.incarnation(number, of: stream) != nil else {
            throw ControlRefusal(
                ControlRefusal.Code.noSuchLife,
                "the store has no life \(number) of '\(stream.text)'; its last is \(latest.number)")
        }
        return try store.session(of: stream, incarnation: number)
    }

    private static func position(
        _ session: Session, _ backfill: Backfill
    ) throws -> PublishedPosition {
        let place = try backfill.place()
        return PublishedPosition(
            stream: session.stream.text, incarnation: session.incarnation.number,
            began: session.incarnation.began, ended: session.status.ended, epoch: place.epoch,
            next: place.next, first: try backfill.first(), pending: place.isPending)
    }

    private func page(
        _ session: Session, _ backfill: Backfill, _ asked: ControlBackfill
    ) throws -> BackfillService.Answer {
        var limits = Backfill.Limits()
        limits.events = asked.limit
        let page = try backfill.page(of: asked.ranges, limits: limits)
        if page.isPending, page.events.isEmpty, let damage = damage(Name(session.stream.text)) {
            throw ControlRefusal(Refusal.Code.damaged.rawValue, damage)
        }
        var frames = EventFrames()
        for event in page.events {
            frames.append(
                event.kind, stream: event.stream.utf8, body: event.body[...],
                sequence: event.sequence)
        }
        let report = BackfillReport(
            stream: session.stream.text, incarnation: session.incarnation.number,
            events: page.events.count, rest: page.rest, pending: page.isPending)
        return .events(report, frames)
    }

    private static func refusal(_ error: any Error) -> ControlRefusal {
        let code =
            switch error {
            case BackfillError.notPublished: ControlRefusal.Code.notPublished
            case BackfillError.notKept: ControlRefusal.Code.notKept
            case BackfillError.cancelled: ControlRefusal.Code.stopping
            case BackfillError.diverged: Refusal.Code.damaged.rawValue
            case is MissingModelError, is ModelError: ControlRefusal.Code.model
            case let error as StorageError where error.code == .damaged:
                Refusal.Code.damaged.rawValue
            case is SnapshotError: Refusal.Code.damaged.rawValue
            default: ControlRefusal.Code.store
            }
        return ControlRefusal(code, "\(error)")
    }
}
