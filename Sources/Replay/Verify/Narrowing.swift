import Engine
import Kernels
import Storage
package import Wire

/// The place in a request where replay differs.
///
/// The store holds states at the ends of requests only, so the record shows in which request replay
/// differs, and no more. But the request can be replayed in two ways: as verification did, and
/// plainly, one stream at a time on the portable kernels. Where these differ, the token is known.
package struct Narrowing: Equatable, Sendable {
    package var operation = Request.Operation.text
    package var epoch: UInt64 = 0
    /// Indices of its tokens in the incarnation.
    package var tokens: Range<UInt64> = 0..<0
    /// Bytes of the epoch's text that those tokens cover.
    package var offset: Range<UInt64> = 0..<0
    /// The request's text.
    package var text: [UInt8] = []
    /// The first token of the incarnation after which the two ways differ; nil where they agree, and
    /// differ only from the record.
    package var disagreement: UInt64?

    package init() {}

    /// Replays the request of a divergence in both ways.
    init(_ divergence: Divergence, in store: SessionStore, options: VerifyOptions) throws {
        self.init()
        let session = try store.session(of: divergence.stream, incarnation: divergence.incarnation)
        var plain = EngineOptions()
        plain.kernelTier = .portable
        let beginning = try session.beginning(of: .request(divergence.sequence), from: divergence)
        let player = try SessionPlayer(
            RequestSource(session), from: beginning, listening: .asRecorded, options: plain)
        try player.skip(to: .request(divergence.sequence))
        guard let request = try session.requests(from: divergence.sequence, limit: 1).first,
            request.record.sequence == divergence.sequence
        else { return }
        var snapshot = player.snapshot
        if player.request == nil, let beginning, beginning.sequence == divergence.sequence {
            snapshot?.position = beginning.position
        }
        let reading = RequestReading(session: session, request: request, snapshot: snapshot)
        let plainly = try reading.trace(copies: 1, tier: .portable)
        let asked = try reading.trace(copies: options.batch, tier: options.kernelTier)
        operation = request.record.operation
        text = request.record.text
        epoch = plainly.last?.epoch ?? player.progress.epoch
        let first = player.progress
        tokens = first.incarnationTokens..<max(first.incarnationTokens, plainly.last?.token ?? 0)
        offset = first.offset..<max(first.offset, plainly.last?.offset ?? 0)
        disagreement = Self.firstDisagreement(plainly, asked)
    }

    /// The first token after which both traces have a state, and not the same.
    package static func firstDisagreement(_ a: [TracedToken], _ b: [TracedToken]) -> UInt64? {
        let others = Dictionary(b.map { ($0.token, $0.digests) }) { $1 }
        return a.first { token in others[token.token].map { $0 != token.digests } ?? false }
            .map { $0.token - 1 }
    }
}

extension Session {
    /// Where verification began the replay in which it found a divergence.
    fileprivate func beginning(
        of place: SessionPlace, from divergence: Divergence
    ) throws(StorageError) -> StreamSnapshot? {
        let start = divergence.start
        guard start != .init() else { return nil }
        let stored = try reader.checkpoint(
            of: key, at: TextPosition(sequence: start.sequence, offset: start.position))
        guard let stored else { return try beginning(of: place) }
        return try snapshot(of: stored)
    }
}
