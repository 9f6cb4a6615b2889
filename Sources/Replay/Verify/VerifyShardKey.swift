import Engine

/// What a shard of verification is made for.
struct VerifyShardKey: Hashable {
    var model: [UInt8]
    var top: Int
    /// The union of all audiences in the store, or one of them where the union is too large.
    var audience: Audience
}
