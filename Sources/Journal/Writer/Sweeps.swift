/// How far the shards have checkpointed their streams.
///
/// When a shard begins to checkpoint all streams that have changed, the requests written so far are
/// those that its checkpoints will cover; once it is done they do. The store's horizon is where all
/// shards are.
struct Sweeps: Equatable, Sendable {
    /// By shard: the highest position when its sweep under way began.
    private var begun: [Int64?]
    /// By shard: recovery needs none of its requests before this position.
    private var horizons: [Int64]

    init(shards: Int, horizon: Int64) {
        begun = Array(repeating: nil, count: max(shards, 1))
        horizons = Array(repeating: horizon, count: max(shards, 1))
    }

    mutating func begin(_ shard: Int, position: Int64) {
        guard begun.indices.contains(shard) else { return }
        begun[shard] = position
    }

    mutating func end(_ shard: Int) {
        guard begun.indices.contains(shard), let position = begun[shard] else { return }
        horizons[shard] = max(horizons[shard], position + 1)
        begun[shard] = nil
    }

    var horizon: Int64 { horizons.min() ?? 1 }
}
