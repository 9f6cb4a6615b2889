import Engine
import Kernels
import Storage
import Wire

/// Replays one request from a known state.
struct RequestReading {
    let session: Session
    let request: SessionRequest
    let snapshot: StreamSnapshot?

    /// Replays it in so many streams in one batch; gives the states of the first.
    func trace(copies: Int, tier: KernelTier) throws -> [TracedToken] {
        var options = EngineOptions()
        options.kernelTier = tier
        options.maxBatch = copies
        let (shards, source) = (PlayerShards(options), RequestSource(session, playing: [request]))
        let streams = try (0..<copies).compactMap { copy in
            try PlayedStream(
                source, from: snapshot, on: shards, listening: .asRecorded, number: StreamKey(copy))
        }
        for stream in streams { _ = try stream.playNext() }
        return streams.first.map(run) ?? []
    }

    private func run(_ stream: PlayedStream) -> [TracedToken] {
        var trace: [TracedToken] = []
        var last = stream.progress?.incarnationTokens ?? 0
        while stream.shard.step() {
            _ = stream.shard.takeRecords()
            guard let snapshot = stream.snapshot, snapshot.state.incarnationTokens > last else {
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
