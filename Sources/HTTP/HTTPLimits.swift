/// What one client, and all of them together, may take.
package struct HTTPLimits: Sendable, Equatable {
    /// Connections at a time; one more is answered with 503 and closed.
    package var connections = 64
    /// Bytes of a request's first line and headers.
    package var headBytes = 16 << 10
    /// Bytes of a request's body.
    package var bodyBytes = 64 << 10
    /// Time for a whole request from its first byte on, however slowly it trickles in.
    package var requestTime = Duration.seconds(10)
    /// Time for a whole response to be taken.
    package var responseTime = Duration.seconds(10)
    /// Time that a connection may wait for its next request.
    package var idleTime = Duration.seconds(60)
    /// Requests without the right token that are answered with 401 in a second; further ones get 429.
    package var refusalsPerSecond = 10

    package init() {}
}
