import Engine
import Kernels
import Storage
import Wire

/// Replays one request from a known state.
struct RequestReading {
    let session: Session
    let request: SessionRequest
    let snapshot: StreamSnapshot?
    /// Bytes of its text that the snapshot has read already.
    let position: UInt64

    /// Replays it in so many streams in one batch; gives the states of the first.
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
                id, snapshot, key: StreamKey(copy), incarnation: session.incarnation.number,
                name: session.stream)
            shard.replay(
                request.record, of: id, incarnation: session.incarnation.number, audience: audience,
                position: position, outcome: request.outcome)
        }
        return try run(shard)
    }

    private func run(_ shard: Shard) throws -> [TracedToken] {
        let first = try StreamID("0")
        var trace: [TracedToken] = []
        var last = shard.progress(of: first)?.incarnationTokens ?? 0
        while shard.step() {
            for output in shard.outputs { _ = shard.takeFrames(output: output) }
            _ = shard.takeBatch()
            guard let snapshot = shard.snapshot(of: first), snapshot.state.incarnationTokens > last
            else {
                continue
            }
            last = snapshot.state.incarnationTokens
            trace.append(
                TracedToken(
                    token: last, epoch: snapshot.state.epoch, offset: snapshot.state.offset,
                    digests: [snapshot.stateDigest, snapshot.eventsDigest]))
        }
        return trace
    }
}
