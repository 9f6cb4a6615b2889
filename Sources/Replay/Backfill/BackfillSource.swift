import Engine
import Model
import Storage

/// The requests of an incarnation whose events have been published.
struct BackfillSource {
    let session: Session
    /// Where the stream is, if it is in memory.
    let position: StreamProgress?

    init(_ session: Session, _ position: StreamProgress?) {
        self.session = session
        self.position = position
    }

    /// Those with an outcome, and after them the one that is being read. Text of which not all was
    /// read has an outcome that says so; without it the events after it would be others.
    var requests: RequestSource {
        let (session, reading) = (session, position?.sequence)
        return RequestSource(session) { sequence, limit throws(StorageError) in
            let found = try session.requests(from: sequence, limit: limit)
            let published = found.prefix { request in
                guard let reading else { return request.outcome != nil }
                return request.record.sequence == reading
                    || (request.record.sequence < reading && request.outcome != nil)
            }
            return Array(published)
        }
    }

    /// Whether there are requests after those that could be played.
    ///
    /// - Parameter start: where the player began.
    func hasRequest(
        after player: SessionPlayer, from start: StreamSnapshot?
    ) throws(StorageError) -> Bool {
        let next = player.request.map { $0.record.sequence + 1 } ?? start?.sequence ?? 0
        return try hasRequest(from: next)
    }

    func hasRequest(from sequence: UInt64) throws(StorageError) -> Bool {
        try !session.requests(from: sequence, limit: 1).isEmpty
    }

    /// Whether a player has read more than the stream had.
    func isBeyond(_ progress: StreamProgress) -> Bool {
        position.map { progress.incarnationTokens > $0.incarnationTokens } ?? false
    }

    /// The newest checkpoint; nil for the incarnation's beginning.
    func latestBeginning() throws(StorageError) -> StreamSnapshot? {
        try session.beginning(of: .end)
    }

    // MARK: Models

    /// Of the models that read the incarnation, by fingerprint.
    func configs() throws -> [[UInt8]: ModelConfig] {
        var configs: [[UInt8]: ModelConfig] = [:]
        for segment in try session.segments() where configs[segment.model] == nil {
            configs[segment.model] = try session.store.model(segment.model).config
        }
        return configs
    }

    func config(of snapshot: StreamSnapshot) throws -> ModelConfig {
        try session.store.model(snapshot.model).config
    }

    /// Of the model that reads now.
    func servedConfig() throws -> ModelConfig? {
        guard let last = try session.segments().last else { return nil }
        return try session.store.model(last.model).config
    }
}
