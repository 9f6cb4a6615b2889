/// Where retention goes on when it is next called.
struct RetentionCursor {
    /// Requests before it have been looked at in this round.
    var position: Int64 = 0
}
