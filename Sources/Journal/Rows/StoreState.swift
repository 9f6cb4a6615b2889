internal import Storage

/// What the store knows of itself: the one row of `journal`.
struct StoreState: Equatable, Sendable {
    /// The same in the ledger.
    var store: UInt64
    var commits: UInt64
    /// The highest position of a request so far.
    var position: Int64
    /// The highest key of a stream so far.
    var streams: StreamKey
    /// Recovery reads the requests from this position on.
    var horizon: Int64

    static func new() -> StoreState {
        StoreState(
            store: .random(in: 1...UInt64.max), commits: 0, position: 0, streams: 0, horizon: 1)
    }
}
