package import Engine
import Journal
package import Model
package import Storage
import Wire

/// From a place to the checkpoint from which it is reached soonest.
extension Session {
    /// Where playing begins, to come to a place.
    package struct Beginning {
        /// Nil at the beginning of the life.
        package var snapshot: StreamSnapshot?
        /// The first request to play, and how many bytes of its text are in the snapshot.
        package var sequence: UInt64 = 0
        package var position: UInt64 = 0

        init() {}

        init(_ snapshot: StreamSnapshot) {
            self.snapshot = snapshot
            (sequence, position) = (snapshot.sequence, snapshot.position)
        }
    }

    /// The nearest checkpoint at or before a place; the life's beginning where there is none.
    package func beginning(of place: SessionPlace) throws(StorageError) -> Beginning {
        let checkpoint: CheckpointRecord? =
            switch place {
            case .start: nil
            // One that has all these tokens may be beyond what followed from the last of them.
            case .token(0): nil
            case .token(let token):
                try reader.checkpoint(of: key, atOrBeforeToken: token - 1)
            case .request(let sequence): try reader.checkpoint(of: key, before: sequence)
            case .end, .time: try reader.latestCheckpoint(of: key)
            case .epochToken, .offset, .message: try lastCheckpoint(before: place)
            }
        guard let checkpoint else { return try firstBeginning() }
        return try Beginning(snapshot(of: checkpoint))
    }

    /// Where what is kept begins: it may be a checkpoint, where the rest has been forgotten.
    private func firstBeginning() throws(StorageError) -> Beginning {
        guard status.cut > 0 else { return Beginning() }
        let first = try reader.checkpoints(of: key).first
            .flatMap { place throws(StorageError) in try reader.checkpoint(at: place) }
        guard let first else {
            throw StorageError(
                .damaged, in: store.path, part: stream.text,
                "its requests before \(status.cut) have been forgotten, but there is no checkpoint "
                    + "to go on from")
        }
        return try Beginning(snapshot(of: first))
    }

    /// By halving: counters only grow.
    private func lastCheckpoint(
        before place: SessionPlace
    ) throws(StorageError) -> CheckpointRecord? {
        let all = try reader.checkpoints(of: key)
        var (low, high) = (0, all.count)
        var found: CheckpointRecord?
        while low < high {
            let middle = low + (high - low) / 2
            guard let checkpoint = try reader.checkpoint(at: all[middle]) else {
                high = middle
                continue
            }
            if place.isReached(by: StreamProgress(try snapshot(of: checkpoint))) {
                high = middle
            } else {
                found = checkpoint
                low = middle + 1
            }
        }
        return found
    }

    /// A time as the request that it comes before.
    package func resolved(_ place: SessionPlace) throws(StorageError) -> SessionPlace {
        guard case .time(let time) = place else { return place }
        let sequence = try reader.firstSequence(of: key, reaching: .time(time))
        return sequence.map { .request($0) } ?? .end
    }

    /// A player that has come to a place in silence; at the end, if the life does not reach it.
    ///
    /// - Parameters:
    ///   - place: where to begin.
    ///   - listening: what it shows from there on.
    ///   - model: read by this one throughout, instead of those that the requests were read by.
    ///     Another model's checkpoints say nothing to it, so it begins at the life's beginning.
    ///   - models: finds the models that the requests were read by; nil for the store's.
    ///   - options: `top`, where no recorded request says how many candidates were told, and
    ///     `kernelTier`.
    ///   - edit: what to play instead of a request.
    /// - Throws: `StorageError`, `MissingModelError`, `KernelError`, `SnapshotError`.
    package func player(
        at place: SessionPlace = .start, listening: SessionPlayer.Listening = .everything,
        model: Model? = nil, models: ModelSource? = nil,
        options: EngineOptions = EngineOptions(),
        edit: SessionPlayer.Edit? = nil
    ) throws -> SessionPlayer {
        let place = try resolved(place)
        let isSought = model == nil && edit == nil
        let player = try SessionPlayer(
            self, from: isSought ? beginning(of: place) : firstBeginning(), listening: listening,
            models: model.map { model in { _ in model } } ?? models ?? store.model,
            options: options, edit: edit)
        try player.skip(to: place)
        guard case .offset(let epoch, let byte) = place, isSought else { return player }
        // It has read the byte. The place is before its token.
        let progress = player.progress
        guard progress.epoch == epoch, progress.offset > byte, progress.lifeTokens > 0 else {
            return player
        }
        return try self.player(
            at: .token(progress.lifeTokens - 1), listening: listening, models: models,
            options: options)
    }
}

extension JournalReader {
    /// A checkpoint that `checkpoints(of:)` gave, with its snapshot.
    fileprivate func checkpoint(
        at place: CheckpointRecord
    ) throws(StorageError) -> CheckpointRecord? {
        try checkpoint(of: place.key, sequence: place.sequence, position: place.position)
    }
}
