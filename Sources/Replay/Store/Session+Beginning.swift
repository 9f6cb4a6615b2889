package import Engine
package import Storage
import Wire

/// Checkpoints to play from.
extension Session {
    /// The nearest checkpoint at or before a place; nil for the incarnation's beginning.
    package func beginning(of place: SessionPlace) throws(StorageError) -> StreamSnapshot? {
        let checkpoint: CheckpointRecord? =
            switch place {
            case .start: nil
            // A checkpoint with all these tokens may be after the last one's events.
            case .token(0): nil
            case .token(let token):
                try reader.checkpoint(of: key, atOrBeforeToken: token - 1)
            case .request(let sequence):
                try reader.checkpoint(of: key, notAfter: TextPosition(sequence: sequence))
            case .end, .time: try reader.latestCheckpoint(of: key)
            case .epochToken, .offset, .message:
                try lastCheckpoint { !place.isReached(by: StreamProgress($0)) }
            }
        guard let checkpoint else { return try firstBeginning() }
        return try snapshot(of: checkpoint)
    }

    /// The beginning of the stored requests: a checkpoint where earlier ones have been trimmed.
    func firstBeginning() throws(StorageError) -> StreamSnapshot? {
        guard status.cut > 0 else { return nil }
        let first = try reader.checkpoints(of: key).first
            .flatMap { first throws(StorageError) in try reader.checkpoint(of: key, at: first.place)
            }
        guard let first else {
            throw StorageError(
                .damaged, in: store.path, part: stream.text,
                "its requests before \(status.cut) have been trimmed, but there is no checkpoint "
                    + "to continue from")
        }
        return try snapshot(of: first)
    }

    /// The newest checkpoint before a place, by binary search: counters only grow.
    ///
    /// - Parameter isBefore: true for all snapshots before it, false for all others.
    func lastCheckpoint(
        where isBefore: (StreamSnapshot) -> Bool
    ) throws(StorageError) -> CheckpointRecord? {
        let all = try reader.checkpoints(of: key)
        var (low, high) = (0, all.count)
        var found: CheckpointRecord?
        while low < high {
            let middle = low + (high - low) / 2
            guard let checkpoint = try reader.checkpoint(of: key, at: all[middle].place) else {
                high = middle
                continue
            }
            if isBefore(try snapshot(of: checkpoint)) {
                found = checkpoint
                low = middle + 1
            } else {
                high = middle
            }
        }
        return found
    }

    /// The latest checkpoint with at most so many tokens of the incarnation; nil where there is none
    /// but its beginning.
    package func snapshot(
        atOrBeforeToken token: UInt64
    ) throws(StorageError) -> StreamSnapshot? {
        // The store's numbers are signed.
        let token = min(token, UInt64(Int64.max))
        let checkpoint = try reader.checkpoint(of: key, atOrBeforeToken: token)
        guard let checkpoint else { return nil }
        return try snapshot(of: checkpoint)
    }

    /// A time as the first request accepted then or later.
    package func resolved(_ place: SessionPlace) throws(StorageError) -> SessionPlace {
        guard case .time(let time) = place else { return place }
        let sequence = try reader.firstSequence(of: key, atOrAfter: time)
        return sequence.map { .request($0) } ?? .end
    }
}
