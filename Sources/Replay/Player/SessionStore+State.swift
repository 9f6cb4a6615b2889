package import Engine
import Model
import Storage
package import Wire

extension SessionStore {
    /// The state of a stream after all its stored requests, read from the latest checkpoint on. Nil if
    /// there is no such stream, or it has ended.
    ///
    /// - Parameter models: finds the models of the requests that are to be read.
    /// - Throws: `StorageError`, and what `models` throws.
    package func state(of id: StreamID, models: @escaping ModelSource) throws -> StreamSnapshot? {
        for _ in 0..<8 {
            guard let status = try reader.latestIncarnation(of: id), !status.isEnded else {
                return nil
            }
            let session = Session(self, status)
            let beginning = try session.beginning(of: .end)
            let sequence = beginning?.sequence ?? 0
            let first = try session.requests(from: sequence, limit: 1).first
            guard let first else { return beginning }
            // While the daemon writes, a newer checkpoint may replace the one just read, and the
            // requests before it may be trimmed.
            guard first.record.sequence == sequence else { continue }
            return try session.player(at: .end, models: models).snapshot
        }
        throw StorageError(
            .io, in: path, part: id.text, "it changes faster than it can be read; try again")
    }
}
