import Engine
import Storage
import Wire

/// The replay of one interval of an incarnation, in a batch with others.
final class IntervalReplay {
    /// Identifies the replay in the shard, and in the entries that the shard records.
    let number: StreamKey
    let id: StreamID
    let interval: VerifyInterval
    let session: Session
    let start: Divergence.Start
    var feed: RequestFeed
    /// Changes with the model and, if need be, with the audience.
    var shard: VerifyShard
    /// The request that is being replayed.
    var current: SessionRequest?
    /// Bytes of the first request's text that are in the snapshot.
    var position: UInt64
    /// The shard has not yet made the checkpoint within a text that ends the interval.
    var awaitsCheckpoint = false
    /// Tokens of the incarnation so far.
    var tokens: UInt64

    init(
        _ number: StreamKey, id: StreamID, _ interval: VerifyInterval, _ session: Session,
        from snapshot: StreamSnapshot?, feed: RequestFeed, shard: VerifyShard
    ) {
        self.number = number
        self.id = id
        self.interval = interval
        self.session = session
        self.feed = feed
        self.shard = shard
        start = .init(sequence: snapshot?.sequence ?? 0, position: snapshot?.position ?? 0)
        position = snapshot?.position ?? 0
        tokens = snapshot?.state.incarnationTokens ?? 0
    }

    /// The request to replay next.
    var nextSequence: UInt64 { current.map { $0.record.sequence + 1 } ?? start.sequence }

    func divergence(
        _ kind: Divergence.Kind, at sequence: UInt64, position: UInt64 = 0, _ message: String
    ) -> Divergence {
        Divergence(
            kind: kind, stream: session.stream, incarnation: session.incarnation.number,
            sequence: sequence,
            position: position, message: message, start: start)
    }
}
