/// How much may be done: a burst at once, and then so much a second.
package struct RateLimit: Equatable, Sendable {
    /// Tokens that come each second, and the most that are kept.
    package let perSecond: Int
    package let burst: Int

    /// Of each number; sums in billionths of a token fit into 64 bits.
    package static let most = 1 << 32

    /// - Parameters:
    ///   - perSecond: 1 to `most`; other numbers are changed to the nearest of these.
    ///   - burst: the same; nil for what comes in a second.
    package init(perSecond: Int, burst: Int? = nil) {
        self.perSecond = min(max(1, perSecond), Self.most)
        self.burst = min(max(1, burst ?? perSecond), Self.most)
    }
}
