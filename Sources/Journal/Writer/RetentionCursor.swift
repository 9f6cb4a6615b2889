internal import GRDB
internal import Storage

/// Where retention continues when it is next called.
struct RetentionCursor {
    /// Requests before it have been looked at in this round.
    var position: Int64 = 0
    var stream: StreamKey = 0
    var producer: [DatabaseValue] = ["".field, "".field]
}
