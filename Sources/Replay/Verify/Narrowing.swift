import Engine
import Journal
import Kernels
import Storage
package import Wire

/// Where in a request its reading leads elsewhere.
///
/// The store knows states at the ends of requests only, so what was recorded can be told from what
/// is read now by request. But the same request can be read in two ways now: as verification did,
/// and plainly, one stream at a time on the portable kernels. Where these differ, the token is known.
package struct Narrowing: Equatable, Sendable {
    package var operation = Request.Operation.text
    package var epoch: UInt64 = 0
    /// Indices of its tokens in the life.
    package var tokens: Range<UInt64> = 0..<0
    /// Bytes of the epoch's text that those tokens cover.
    package var offset: Range<UInt64> = 0..<0
    /// The request's text.
    package var text: [UInt8] = []
    /// The first token of the life after which two ways of reading differ now; nil: they agree, and
    /// differ only from the record.
    package var disagreement: UInt64?

    package init() {}

    /// Reads the request of a divergence in both ways.
    init(_ divergence: Divergence, in store: SessionStore, options: VerifyOptions) throws {
        self.init()
        let session = try store.session(of: divergence.stream, life: divergence.life)
        var plain = EngineOptions()
        plain.kernelTier = .portable
        let beginning = try session.beginning(of: .request(divergence.sequence), from: divergence)
        let player = try SessionPlayer(
            session, from: beginning, listening: .asRecorded, models: store.model, options: plain,
            edit: nil)
        try player.skip(to: .request(divergence.sequence))
        guard let request = try session.requests(from: divergence.sequence, limit: 1).first,
            request.record.sequence == divergence.sequence
        else { return }
        let position =
            player.request == nil && beginning.sequence == divergence.sequence
            ? beginning.position : 0
        let reading = RequestReading(
            session: session, request: request, snapshot: player.snapshot, position: position)
        let plainly = try reading.trace(copies: 1, tier: .portable)
        let asked = try reading.trace(copies: options.batch, tier: options.kernelTier)
        operation = request.record.operation
        text = request.record.text
        epoch = plainly.last?.epoch ?? player.progress.epoch
        let first = player.progress
        tokens = first.lifeTokens..<max(first.lifeTokens, plainly.last?.token ?? 0)
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

/// A stream after one of its tokens.
package struct TracedToken: Equatable {
    /// Tokens of the life so far.
    package let token: UInt64
    let epoch: UInt64
    let offset: UInt64
    /// Of the state, and of the events so far of the request.
    let digests: [[UInt8]]

    package init(token: UInt64, epoch: UInt64 = 0, offset: UInt64 = 0, digests: [[UInt8]]) {
        self.token = token
        self.epoch = epoch
        self.offset = offset
        self.digests = digests
    }
}

/// One request to be read from a known state.
struct RequestReading {
    let session: Session
    let request: SessionRequest
    let snapshot: StreamSnapshot?
    /// Bytes of its text that are in the snapshot.
    let position: UInt64

    /// Reads it in so many streams beside each other, and gives the first one's states.
    func trace(copies: Int, tier: KernelTier) throws -> [TracedToken] {
        var options = EngineOptions()
        options.kernelTier = tier
        options.maxBatch = copies
        options.maxStreams = copies
        let audience = request.audience ?? Audience()
        options.top = audience.top ?? options.top
        let shard = try Shard(
            replaying: session.store.model(request.record.model), options: options,
            audiences: [audience])
        for copy in 0..<copies {
            let id = try StreamID("\(copy)")
            _ = try shard.install(
                id, snapshot, key: StreamKey(copy), life: session.life.number, name: session.stream)
            shard.replay(
                request.record, of: id, life: session.life.number, audience: audience,
                position: position, outcome: request.outcome)
        }
        return try run(shard)
    }

    private func run(_ shard: Shard) throws -> [TracedToken] {
        let first = try StreamID("0")
        var trace: [TracedToken] = []
        var last = shard.progress(of: first)?.lifeTokens ?? 0
        while shard.step() {
            for output in shard.outputs { _ = shard.takeFrames(output: output) }
            _ = shard.takeBatch()
            guard let snapshot = shard.snapshot(of: first), snapshot.state.lifeTokens > last else {
                continue
            }
            last = snapshot.state.lifeTokens
            trace.append(
                TracedToken(
                    token: last, epoch: snapshot.state.epoch, offset: snapshot.state.offset,
                    digests: [snapshot.stateDigest, snapshot.eventsDigest]))
        }
        return trace
    }
}

extension Session {
    /// Where verification began when it came to a divergence.
    fileprivate func beginning(
        of place: SessionPlace, from divergence: Divergence
    ) throws(StorageError) -> Beginning {
        let start = divergence.start
        guard start != .init() else { return Beginning() }
        let stored = try reader.checkpoint(
            of: key, sequence: start.sequence, position: start.position)
        guard let stored else { return try beginning(of: place) }
        return Beginning(try snapshot(of: stored))
    }
}
