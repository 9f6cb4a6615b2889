import Engine
import Storage

/// The replay of one interval of an incarnation, in a batch with others.
final class IntervalReplay {
    let stream: PlayedStream
    let interval: VerifyInterval
    let session: Session
    let start: Divergence.Start
    /// The shard has not yet made the checkpoint within a text that ends the interval.
    var awaitsCheckpoint = false
    /// Tokens of the incarnation so far.
    var tokens: UInt64

    init(
        _ stream: PlayedStream, _ interval: VerifyInterval, _ session: Session,
        from snapshot: StreamSnapshot?
    ) {
        self.stream = stream
        self.interval = interval
        self.session = session
        start = .init(sequence: snapshot?.sequence ?? 0, position: snapshot?.position ?? 0)
        tokens = snapshot?.state.incarnationTokens ?? 0
    }

    /// The request that is being replayed, or would be first.
    var sequence: UInt64 { stream.request?.record.sequence ?? start.sequence }

    /// The request to replay next.
    var nextSequence: UInt64 { stream.request.map { $0.record.sequence + 1 } ?? start.sequence }

    func divergence(
        _ kind: Divergence.Kind, at sequence: UInt64, position: UInt64 = 0, _ message: String
    ) -> Divergence {
        Divergence(
            kind: kind, stream: session.stream, incarnation: session.incarnation.number,
            sequence: sequence,
            position: position, message: message, start: start)
    }
}
