import Engine
import Model
import Storage

/// The shards that play requests: one for each model, audience and number of candidates.
final class PlayerShards {
    /// What a shard is made for.
    struct Key: Hashable {
        let model: ObjectIdentifier
        let audience: Audience
        let top: Int
    }

    private var options: EngineOptions
    private let union: Audience?
    private let isShared: Bool
    private var shards: [Key: Shard] = [:]

    /// - Parameters:
    ///   - options: `top`, where no request has the number of candidates, `kernelTier`, `maxBatch`.
    ///   - isShared: keep all shards, and let streams of several audiences share them.
    ///   - union: of all audiences, where one shard can publish for it.
    init(_ options: EngineOptions, isShared: Bool = false, union: Audience? = nil) {
        self.options = options
        self.options.maxStreams = options.maxBatch
        self.isShared = isShared
        self.union = union
    }

    var top: Int { options.top }
    var all: [Shard] { Array(shards.values) }

    /// Whether to keep, at each token, what it was read from.
    var keepsInput = false {
        didSet { for shard in shards.values { shard.keepsInput = keepsInput } }
    }

    /// The audience to make a shard for that publishes to this one.
    ///
    /// - Parameter last: that of the stream's shard so far.
    func audience(for audience: Audience, last: Audience?) -> Audience {
        let known = isShared ? [union, last].compactMap(\.self) : []
        var audience = known.first { $0.covers(audience) } ?? audience
        // Part of the key by itself.
        audience.top = nil
        return audience
    }

    func shard(for key: Key, _ model: Model) throws -> Shard {
        if let shard = shards[key] { return shard }
        if !isShared { shards = [:] }
        var options = options
        options.top = key.top
        let shard = try Shard(replaying: model, options: options, audiences: [key.audience])
        shard.keepsInput = keepsInput
        shards[key] = shard
        return shard
    }
}

extension Shard {
    /// What the last steps recorded. Their events are dropped.
    func takeRecords() -> [StorageRecord] {
        for output in outputs { _ = takeFrames(output: output) }
        return takeBatch().records
    }
}

extension Audience {
    /// Whether outputs made for this one publish all events of the other.
    fileprivate func covers(_ other: Audience) -> Bool {
        other.next.allSatisfy(next.contains) && other.sentiment.allSatisfy(sentiment.contains)
            && (stream || !other.stream) && (error || !other.error)
    }
}
