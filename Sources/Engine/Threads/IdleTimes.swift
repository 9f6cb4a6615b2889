/// How long a stream may be idle.
package struct IdleTimes: Equatable, Sendable {
    /// Until what is held back of it is forced out; nil for any time.
    package var flush: Duration?
    /// Until it is evicted; nil for any time, unless there is no room for another stream.
    package var evict: Duration?

    package init(flush: Duration? = nil, evict: Duration? = nil) {
        (self.flush, self.evict) = (flush, evict)
    }
}
